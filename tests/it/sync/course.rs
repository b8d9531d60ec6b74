//! The first sync of a leader's phone: a whole course, and the own cohort.

use chrono::TimeDelta;
use glans::programme::{SAMPLE, import};
use glans_tests::{Who, World, on_each_database};
use serde_json::json;

use crate::ask::{act, codes};

const SYNC: &str = "query($since: String) { changes(since: $since, first: 500, types: [PROGRAMME, PROGRAMME_EDITION,
    PROGRAMME_YEAR, MODULE, LESSON, MATERIAL, COHORT, SCHOOL_COHORT, MEETING]) {
    cursor hasMore resetRequired changes { id operation reason node { __typename id
        ... on Programme { title summary language version edition { id } }
        ... on ProgrammeEdition { number title publishedAt }
        ... on ProgrammeYear { number title }
        ... on Module { position title goal year { id } }
        ... on Lesson { key position title objectives theory practicalTips durationMinutes version module { id }
            teamScript { durationMinutes text } }
        ... on Material { key position title kind audience body url minutes: durationMinutes bookReference viewerState
            lesson { id } }
        ... on Cohort { name version programme { id } }
        ... on SchoolCohort { joinedOn leftOn version school { id } cohort { id } }
        ... on Meeting { startsAt endsAt location status version cohort { id } prepares { id } } } } } }";

async fn a_leaders_phone_has_the_course_in_three_pages(world: &World) {
    let imported = import(&world.app, SAMPLE, None, true).await.unwrap();
    let input = json!({
        "name": "Cohort Oost", "programme": imported.programme.id,
        "schools": [world.ours.schools[0]], "trainers": [world.ours.trainer.person],
    });
    let made =
        act(world, Who::Admin, "cohortCreate", "cohort { id schools { lessons { lesson { id } } } }", input).await;
    assert_eq!(codes(&made), Vec::<&str>::new());
    let lessons = made["cohort"]["schools"][0]["lessons"].as_array().unwrap();
    assert_eq!(lessons.len(), 24);
    // A year of meetings, each of which prepares two lessons.
    for (weeks, lessons) in (1..).zip(lessons.chunks(2)) {
        let starts = world.app.clock.now() + TimeDelta::weeks(3 * weeks);
        let prepares = [&lessons[0]["lesson"]["id"], &lessons[1]["lesson"]["id"]];
        let meeting = json!({ "cohort": made["cohort"]["id"], "prepares": prepares, "location": "De Sterrenwacht, aula",
            "startsAt": starts, "endsAt": starts + TimeDelta::hours(3) });
        assert_eq!(codes(&act(world, Who::Trainer, "meetingPlan", "", meeting).await), Vec::<&str>::new());
    }
    super::phone::settled(world).await;
    let marieke = world.actor(Who::Leader).await;
    for encoding in ["gzip", "br"] {
        let (mut since, mut bytes, mut plain, mut nodes, mut pages) = (json!(null), 0, 0, 0, 0);
        loop {
            let body = json!({ "query": SYNC, "variables": { "since": since } });
            let reply = marieke.posts("/graphql", &body).await;
            let changes = reply.at("changes.changes").as_array().unwrap().len();
            let request = marieke.request(reqwest::Method::POST, "/graphql").header("accept-encoding", encoding);
            let response = request.json(&body).send().await.unwrap();
            assert_eq!(response.headers()["content-encoding"], encoding);
            bytes += response.bytes().await.unwrap().len();
            plain += reply.text.len();
            nodes += changes;
            pages += 1;
            since = reply.at("changes.cursor").clone();
            if reply.at("changes.hasMore") == &json!(false) {
                break;
            }
        }
        println!("{encoding}: {pages} pages, {nodes} nodes, {bytes} bytes compressed, {plain} bytes plain");
        assert!(nodes > 24 && pages <= 3 && bytes <= 200 * 1024);
    }
}

on_each_database!(a_leaders_phone_has_the_course_in_three_pages);
