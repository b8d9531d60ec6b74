//! Who follows the lessons of a cohort.

use chrono::TimeDelta;
use glans_tests::{Who, World, on_each_database};
use serde_json::{Value, json};

use super::about;
use crate::ask::{act, ask};
use crate::realtime::Follower;

const FOLLOWED: &str =
    "subscription($cohort: ID!, $after: String) { lessonProgressChanged(cohort: $cohort, after: $after) {
    cursor progress { status lesson { title } schoolCohort { school { name } } } } }";

async fn who_follows_a_cohort_hears_every_change_in_order_and_after_a_pause(world: &World) {
    let leader = world.actor(Who::Leader).await;
    let variables = |after: Value| json!({ "cohort": world.ours.cohorts[0], "after": after });
    for kind in ["ws", "sse"] {
        let reason = || about(world, &json!({ "reason": "Zomaar." }));
        let Some(mut follower) = Follower::start(kind, &leader, FOLLOWED, &variables(Value::Null)) else { return };
        let begun = follower.event("lessonProgressChanged").await;
        assert_eq!(begun["progress"], Value::Null, "{kind}");
        act(world, Who::Trainer, "lessonSkip", "", reason()).await;
        act(world, Who::Trainer, "lessonReopen", "", reason()).await;
        let (first, second) =
            (follower.event("lessonProgressChanged").await, follower.event("lessonProgressChanged").await);
        let status = |event: &Value| event["progress"]["status"].as_str().unwrap_or_default().to_owned();
        assert_eq!((status(&first), status(&second)), ("SKIPPED".into(), "NOT_STARTED".into()), "{kind}");
        drop(follower);
        act(world, Who::Trainer, "lessonSkip", "", reason()).await;
        act(world, Who::Trainer, "lessonReopen", "", reason()).await;
        // From the first cursor on: the last three, each once.
        let after = variables(first["cursor"].clone());
        let Some(mut follower) = Follower::start(kind, &leader, FOLLOWED, &after) else { return };
        assert_eq!(follower.event("lessonProgressChanged").await["progress"], Value::Null);
        let mut heard = Vec::new();
        for _ in 0..3 {
            heard.push(status(&follower.event("lessonProgressChanged").await));
        }
        assert_eq!(heard, ["NOT_STARTED", "SKIPPED", "NOT_STARTED"], "{kind}");
    }
}

async fn who_may_see_a_cohort_no_longer_hears_nothing_more(world: &World) {
    let teacher = world.actor(Who::Teacher).await;
    let variables = json!({ "cohort": world.ours.cohorts[0] });
    let Some(mut follower) = Follower::start("ws", &teacher, FOLLOWED, &variables) else { return };
    follower.event("lessonProgressChanged").await;
    act(world, Who::Leader, "membershipRevoke", "", json!({ "id": world.ours.memberships[0] })).await;
    act(world, Who::Trainer, "lessonSkip", "", about(world, &json!({ "reason": "Zomaar." }))).await;
    let line = follower.line().await;
    assert!(!line.contains("SKIPPED") && line.contains("NOT_FOUND"), "{line}");
}

async fn an_old_or_strange_cursor_is_told_apart(world: &World) {
    let begun = ask(world, Who::Leader, FOLLOWED, json!({ "cohort": world.ours.cohorts[0] })).await;
    let cursor = begun["lessonProgressChanged"]["cursor"].clone();
    let standing = world.standing(Who::Leader).await;
    let code = async |after: Value| {
        let variables = json!({ "cohort": world.ours.cohorts[0], "after": after });
        let answer = world.execute(&standing, FOLLOWED, variables).await;
        answer.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(code(json!("abc")).await, "BAD_CURSOR");
    assert_eq!(code(cursor.clone()).await, "");
    world.app.clock.turn(TimeDelta::days(8));
    assert_eq!(code(cursor).await, "RESYNC_REQUIRED");
}

on_each_database!(
    who_follows_a_cohort_hears_every_change_in_order_and_after_a_pause,
    who_may_see_a_cohort_no_longer_hears_nothing_more,
    an_old_or_strange_cursor_is_told_apart,
);
