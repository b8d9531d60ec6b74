//! What a page tells of what was made and changed, and of what the app itself wrote.

use glans_tests::{Who, World, on_each_database};
use serde_json::json;
use tokio::task::JoinSet;

use crate::ask::{ask, done};
use crate::sync::phone::{settled, synced, told};

async fn what_is_made_and_changed_comes_and_nothing_else(world: &World) {
    let mut phone = synced(world, Who::Leader).await;
    let mut teacher = synced(world, Who::Teacher).await;
    let plan = json!({
        "cohort": world.ours.cohorts[0], "prepares": [world.ours.published.lesson],
        "startsAt": "2031-03-04T13:00:00Z", "endsAt": "2031-03-04T16:00:00Z",
    });
    let made = done(world, Who::Admin, "meetingPlan", "meeting { id }", plan).await;
    // Of what is elsewhere nothing is told.
    for school in world.ours.schools {
        done(world, Who::Admin, "schoolUpdate", "", json!({ "id": school, "city": "Rotterdam" })).await;
    }
    settled(world).await;
    let page = phone.page(world).await;
    // With the meeting, the lesson that it prepares has a day before which it is to be taught.
    let [meeting, school] = [made["meeting"]["id"].as_str().unwrap(), &world.ours.schools[0].to_string()];
    assert_eq!(told(&page), [meeting, &world.ours.school_cohorts[0].to_string(), school]);
    assert_eq!(page["hasMore"], false);
    assert_eq!(phone.page(world).await["changes"], json!([]));
    teacher.agrees(world).await;
    assert!(!teacher.holds.keys().any(|id| id.starts_with("meeting_")));
}

async fn an_app_learns_which_page_has_what_it_wrote(world: &World) {
    let mut phone = synced(world, Who::Admin).await;
    let admin = world.actor(Who::Admin).await;
    let writes = async |city: &str| {
        let done = admin.does("schoolUpdate", "", json!({ "id": world.ours.schools[0], "city": city })).await;
        done.body["extensions"]["syncCursor"].clone()
    };
    let first = writes("Delft").await;
    let input = json!({ "id": world.ours.clusters[0], "name": "Noordoost" });
    assert_eq!(admin.does("clusterUpdate", "", input).await.refusals("clusterUpdate"), Vec::<String>::new());
    let last = writes("Assen").await;
    settled(world).await;
    let document = "query($since: String, $of: String!) {
        changes(since: $since, first: 1) { cursor hasMore includes(syncCursor: $of) } }";
    let mut seen = Vec::new();
    for of in [&first, &last, &last] {
        let page = ask(world, Who::Admin, document, json!({ "since": phone.cursor, "of": of })).await["changes"].take();
        seen.push((page["includes"].clone(), page["hasMore"].clone()));
        phone.cursor = page["cursor"].clone();
    }
    assert_eq!(seen[1..], [(json!(false), json!(true)), (json!(true), json!(false))], "{seen:?}");
    let odd = admin.asks_with(document, json!({ "since": phone.cursor, "of": phone.cursor })).await;
    assert_eq!(odd.codes(), ["BAD_CURSOR"]);
    assert_eq!(admin.asks("{ __typename }").await.body["extensions"].get("syncCursor"), None);
}

/// More than there are connections to read from.
const AT_ONCE: usize = 40;

async fn many_phones_pull_at_once(world: &World) {
    let leader = world.actor(Who::Leader).await;
    let mut pulls = JoinSet::new();
    for _ in 0..AT_ONCE {
        let leader = leader.clone();
        pulls.spawn(async move { leader.asks("{ changes(first: 100) { hasMore } viewer { sessions { id } } }").await });
    }
    while let Some(reply) = pulls.join_next().await {
        let reply = reply.unwrap();
        assert_eq!(reply.codes(), Vec::<String>::new(), "{}", reply.text);
    }
}

on_each_database!(
    what_is_made_and_changed_comes_and_nothing_else,
    an_app_learns_which_page_has_what_it_wrote,
    many_phones_pull_at_once,
);
