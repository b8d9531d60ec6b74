//! Apollo Client, which has no WebSocket unless it is given one: subscriptions come in the parts of an HTTP answer.

use std::time::Duration;

use chrono::TimeDelta;
use glans_entity::ids::CohortId;
use glans_tests::{Actor, Who, World, on_each_database};
use serde_json::{Value, json};

use crate::ask::{act, codes};
use crate::http_door::Door;
use crate::realtime::Follower;

const FOLLOWED: &str = "subscription($cohort: ID!) { lessonProgressChanged(cohort: $cohort) {
    progress { status skippedReason } } }";
const SKIPPED: &str = "mutation($input: LessonSkipInput!) { lessonSkip(input: $input) {
    progress { status } userErrors { code field } } }";

/// What an app is given as an error, without the ids of requests.
async fn failure(app: &mut Follower) -> Value {
    let mut told = app.answer().await;
    for error in told["errors"].as_array_mut().into_iter().flatten() {
        let removed = error["extensions"].as_object_mut().and_then(|said| said.remove("requestId"));
        assert!(removed.is_some_and(|id| id.is_string()), "an error without the id of its request: {error}");
    }
    told
}

fn mark(world: &World, reason: &str) -> Value {
    json!({ "schoolCohort": world.ours.school_cohorts[0], "lesson": world.ours.published.lesson, "reason": reason })
}

async fn an_app_with_apollo_client_follows_until_its_token_runs_out(world: &World) {
    let leader = world.actor(Who::Leader).await;
    let cohort = json!({ "cohort": world.ours.cohorts[0] });
    let Some(mut app) = Follower::apollo(&leader, FOLLOWED, &cohort) else { return };
    let progress = |progress: Value| json!({ "data": { "lessonProgressChanged": { "progress": progress } } });
    assert_eq!(app.answer().await, progress(Value::Null));
    for name in ["lessonSkip", "lessonReopen"] {
        let done = act(world, Who::Trainer, name, "", mark(world, "Verhuisd.")).await;
        assert_eq!(codes(&done), Vec::<&str>::new(), "{name}");
    }
    assert_eq!(app.answer().await, progress(json!({ "status": "SKIPPED", "skippedReason": "Verhuisd." })));
    assert_eq!(app.answer().await, progress(json!({ "status": "NOT_STARTED", "skippedReason": null })));

    world.app.clock.turn(TimeDelta::hours(1));
    // Not the error of an operation: the app is to refresh, and to come again.
    let expected = json!({ "failed": "CombinedProtocolErrors", "errors": [{
        "message": "The access token has run out. Refresh the session.",
        "extensions": { "code": "TOKEN_EXPIRED", "retryable": true },
    }] });
    assert_eq!(failure(&mut app).await, expected);
    assert_eq!(app.line().await, "complete");
}

async fn an_app_with_apollo_client_is_told_what_it_may_not_follow(world: &World) {
    let leader = world.actor(Who::Leader).await;
    for cohort in [world.theirs.cohorts[0], CohortId::new()] {
        let Some(mut app) = Follower::apollo(&leader, FOLLOWED, &json!({ "cohort": cohort })) else { return };
        let expected = json!({ "failed": "CombinedGraphQLErrors", "errors": [{
            "message": "There is no such cohort.",
            "locations": [{ "line": 2, "column": 3 }],
            "path": ["lessonProgressChanged"],
            "extensions": { "code": "NOT_FOUND", "retryable": false },
        }] });
        assert_eq!(failure(&mut app).await, expected);
        assert_eq!(app.line().await, "complete");
    }
    let forged = leader.with_token("forged");
    let own = json!({ "cohort": world.ours.cohorts[0] });
    let Some(mut app) = Follower::apollo(&forged, FOLLOWED, &own) else { return };
    assert_eq!(app.answer().await, json!({ "failed": "ServerError", "errors": 401 }));
    assert_eq!(app.line().await, "complete");
}

async fn an_app_with_apollo_client_tells_what_a_user_can_mend_from_what_is_wrong(world: &World) {
    let trainer = world.actor(Who::Trainer).await;
    let unsaid = json!({ "input": mark(world, " ") });
    let Some(mut app) = Follower::apollo(&trainer, SKIPPED, &unsaid) else { return };
    let refused = json!({ "progress": null, "userErrors": [{ "code": "REQUIRED", "field": ["reason"] }] });
    assert_eq!(app.answer().await, json!({ "data": { "lessonSkip": refused } }));

    // Status 400, which Apollo Client reads where the media type says that the body is of GraphQL.
    let Some(mut app) = Follower::apollo(&trainer, "{ nothing }", &json!({})) else { return };
    let expected = json!({ "failed": "CombinedGraphQLErrors", "errors": [{
        "message": "Unknown field \"nothing\" on type \"Query\".",
        "locations": [{ "line": 2, "column": 3 }],
        "extensions": { "code": "GRAPHQL_VALIDATION_FAILED", "retryable": false },
    }] });
    assert_eq!(failure(&mut app).await, expected);
}

#[tokio::test]
async fn a_heartbeat_is_nothing_to_apollo_client_and_a_server_that_stops_says_so() {
    let door = Door::open().await;
    let person = Actor::anonymous("Fenna", &door.url).with_token("person");
    let Some(mut app) = Follower::apollo(&person, "subscription { endless }", &json!({})) else { return };
    assert_eq!(app.answer().await, json!({ "data": { "endless": 1 } }));
    tokio::time::sleep(Duration::from_secs(6)).await;
    door.stopping.begin();
    let expected = json!({ "failed": "CombinedProtocolErrors", "errors": [{
        "message": "This server is stopping. Connect again in a moment.",
        "extensions": { "code": "INTERNAL", "retryable": true },
    }] });
    assert_eq!(failure(&mut app).await, expected);
    assert_eq!(app.line().await, "complete");
}

on_each_database!(
    an_app_with_apollo_client_follows_until_its_token_runs_out,
    an_app_with_apollo_client_is_told_what_it_may_not_follow,
    an_app_with_apollo_client_tells_what_a_user_can_mend_from_what_is_wrong,
);
