//! Who was to come and who came; and schools that are closed or have left.

use chrono::TimeDelta;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes};

/// Lets the planned session of the first school come to its end.
fn the_session_ends(world: &World) {
    world.app.clock.turn(TimeDelta::days(15));
}

/// A new teacher of the first school.
async fn colleague(world: &World, name: &str) -> Value {
    let details = json!({ "givenName": name, "familyName": "Bos", "displayName": format!("{name} Bos") });
    let input = json!({ "board": world.ours.id, "school": world.ours.schools[0], "details": details });
    let mut made = act(world, Who::Leader, "personCreate", "person { id }", input).await;
    assert_eq!(codes(&made), Vec::<&str>::new(), "{made}");
    made["person"]["id"].take()
}

async fn records(world: &World, attendance: Value) {
    let input = json!({ "id": world.ours.sessions[0], "attendance": attendance });
    assert_eq!(codes(&act(world, Who::Leader, "teamSessionRecord", "", input).await), Vec::<&str>::new());
}

/// `name STATUS` of each in the list of the session, and whether the person was expected.
async fn roll(world: &World) -> Vec<String> {
    let document = "query($id: ID!) { node(id: $id) { ... on TeamSession {
        attendance { status isExpected person { givenName } } } } }";
    let seen = ask(world, Who::Leader, document, json!({ "id": world.ours.sessions[0] })).await;
    let line = |row: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let expected = if row["isExpected"] == true { "" } else { ", not expected" };
        format!("{} {}{expected}", text(&row["person"]["givenName"]), text(&row["status"]))
    };
    seen["node"]["attendance"].as_array().unwrap().iter().map(line).collect()
}

async fn who_left_before_the_session_is_not_on_its_list(world: &World) {
    let answer = json!({ "occasion": world.ours.sessions[0], "answer": "ACCEPTED" });
    assert_eq!(codes(&act(world, Who::Teacher, "occasionRespond", "", answer).await), Vec::<&str>::new());
    let floor = colleague(world, "Floor").await;
    let gone = json!({ "id": world.ours.memberships[0] });
    assert_eq!(codes(&act(world, Who::Leader, "membershipRevoke", "", gone).await), Vec::<&str>::new());
    the_session_ends(world);
    records(world, json!([{ "person": floor, "status": "PRESENT" }])).await;
    assert_eq!(roll(world).await, ["Floor PRESENT"]);
}

async fn who_was_expected_stays_what_the_first_record_says(world: &World) {
    the_session_ends(world);
    let tarik = world.ours.teacher.person;
    records(world, json!([{ "person": tarik, "status": "PRESENT" }])).await;
    // Who comes to work there later was not to come, but may have caught up.
    let floor = colleague(world, "Floor").await;
    records(world, json!([{ "person": floor, "status": "CAUGHT_UP" }])).await;
    let gone = json!({ "id": world.ours.memberships[0] });
    assert_eq!(codes(&act(world, Who::Leader, "membershipRevoke", "", gone).await), Vec::<&str>::new());
    records(world, json!([{ "person": tarik, "status": "ABSENT" }])).await;
    assert_eq!(roll(world).await, ["Floor CAUGHT_UP, not expected", "Tarik ABSENT"]);
}

/// What a leader can still do at the first school: plan, move and mark, and share an experience and mend it.
async fn attempts(world: &World) -> Vec<(&'static str, Vec<String>)> {
    let about = json!({ "schoolCohort": world.ours.school_cohorts[0], "lesson": world.ours.published.lesson });
    let with = |more: Value| {
        let mut input = about.clone();
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let at = |days| world.app.clock.now() + TimeDelta::days(days);
    let mut outcomes = Vec::new();
    for (who, name, input) in [
        (Who::Admin, "lessonSkip", with(json!({ "reason": "Zomaar." }))),
        (Who::Admin, "teamSessionPlan", with(json!({ "startsAt": at(-1), "endsAt": at(-1) + TimeDelta::hours(1) }))),
        (Who::Leader, "teamSessionPlan", with(json!({ "startsAt": at(-1), "endsAt": at(-1) + TimeDelta::hours(1) }))),
        (Who::Leader, "teamSessionUpdate", json!({ "id": world.ours.sessions[0], "location": "Aula" })),
        (Who::Leader, "experienceShare", with(json!({ "kind": "TIP", "text": "Bel even." }))),
        (Who::Leader, "experienceUpdate", json!({ "id": world.ours.experiences[0], "kind": "TIP" })),
    ] {
        let done = act(world, who, name, "", input).await;
        outcomes.push((name, codes(&done).iter().map(ToString::to_string).collect()));
    }
    outcomes
}

fn refused(outcomes: &[(&'static str, Vec<String>)]) -> Vec<String> {
    outcomes.iter().map(|(name, codes)| format!("{name} {}", codes.join(" "))).collect()
}

async fn a_closed_school_takes_no_part(world: &World) {
    let archived = json!({ "id": world.ours.schools[0] });
    assert_eq!(codes(&act(world, Who::Admin, "schoolArchive", "", archived).await), Vec::<&str>::new());
    let outcomes = refused(&attempts(world).await);
    assert!(outcomes.iter().all(|line| !line.ends_with(' ')), "{outcomes:#?}");
    // Nor does a meeting count on it.
    let document = "query($id: ID!) { node(id: $id) { ... on Meeting { attendance { person { id } }
        agenda { school { id } } cohort { schools { id } } } } }";
    let seen = ask(world, Who::Admin, document, json!({ "id": world.ours.meetings[0] })).await["node"].take();
    assert_eq!((&seen["attendance"], &seen["cohort"]["schools"]), (&json!([]), &json!([])));
    assert!(seen["agenda"].as_array().unwrap().iter().all(|item| item["school"].is_null()), "{seen}");
}

async fn who_is_hired_after_a_session_was_not_to_come(world: &World) {
    let about = json!({ "schoolCohort": world.ours.school_cohorts[0], "lesson": world.ours.published.lesson });
    let mut session = about.clone();
    let starts = world.app.clock.now() - TimeDelta::days(6);
    (session["startsAt"], session["endsAt"]) = (json!(starts), json!(starts + TimeDelta::hours(2)));
    let planned = act(world, Who::Leader, "teamSessionPlan", "teamSession { id }", session).await;
    assert_eq!(codes(&planned), Vec::<&str>::new());
    let floor = colleague(world, "Floor").await;
    let there = json!([{ "person": world.ours.leader.person, "status": "PRESENT" }]);
    let held = json!({ "id": planned["teamSession"]["id"], "attendance": there });
    let fields = "teamSession { attendance { person { id } } }";
    let held = act(world, Who::Leader, "teamSessionRecord", fields, held).await;
    assert_eq!(codes(&held), Vec::<&str>::new());
    let on_it = held["teamSession"]["attendance"].as_array().unwrap();
    assert!(on_it.iter().all(|row| row["person"]["id"] != floor), "{held}");
}

async fn a_school_that_left_takes_no_part_any_more(world: &World) {
    let left = json!({ "cohort": world.ours.cohorts[0], "school": world.ours.schools[0] });
    assert_eq!(codes(&act(world, Who::Admin, "cohortSchoolRemove", "", left).await), Vec::<&str>::new());
    let outcomes = refused(&attempts(world).await);
    assert!(outcomes.iter().all(|line| !line.ends_with(' ')), "{outcomes:#?}");
    assert_eq!(outcomes[0], "lessonSkip CONFLICT");
}

async fn a_session_is_not_moved_before_its_preparation(world: &World) {
    let at = |days| world.app.clock.now() + TimeDelta::days(days);
    let meeting = json!({ "id": world.ours.meetings[0], "startsAt": at(10), "endsAt": at(10) + TimeDelta::hours(2) });
    assert_eq!(codes(&act(world, Who::Trainer, "meetingUpdate", "", meeting).await), Vec::<&str>::new());
    let moved = |days| json!({ "id": world.ours.sessions[0], "startsAt": at(days) });
    let early = act(world, Who::Leader, "teamSessionUpdate", "", moved(9)).await;
    assert_eq!((codes(&early), &early["userErrors"][0]["field"]), (vec!["CONFLICT"], &json!(["startsAt"])));
    assert_eq!(codes(&act(world, Who::Leader, "teamSessionUpdate", "", moved(11)).await), Vec::<&str>::new());
}

async fn an_id_of_the_client_is_made_over_a_uuid_of_version_7(world: &World) {
    let random = "experience_2x4y6z8a0b4c6d8e0f2g4h6j8k";
    let seventh = glans_entity::ids::ExperienceId::new().to_string();
    for (id, refusal) in [(random, vec!["INVALID"]), ("experience_0", vec!["INVALID"]), (seventh.as_str(), vec![])] {
        let input = json!({ "id": id, "schoolCohort": world.ours.school_cohorts[0],
            "lesson": world.ours.published.lesson, "kind": "TIP", "text": "Bel even." });
        let shared = act(world, Who::Leader, "experienceShare", "experience { id }", input).await;
        assert_eq!(codes(&shared), refusal, "{id}");
        if refusal.is_empty() {
            assert_eq!(shared["experience"]["id"], id);
        }
    }
}

on_each_database!(
    who_left_before_the_session_is_not_on_its_list,
    who_was_expected_stays_what_the_first_record_says,
    a_closed_school_takes_no_part,
    who_is_hired_after_a_session_was_not_to_come,
    a_school_that_left_takes_no_part_any_more,
    a_session_is_not_moved_before_its_preparation,
    an_id_of_the_client_is_made_over_a_uuid_of_version_7,
);
