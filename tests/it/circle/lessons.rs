//! How far a lesson is, and what brings it further or back.

use chrono::TimeDelta;
use glans_entity::platform::outbox;
use glans_tests::{Who, World, on_each_database};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::{PLACE, about, lesson, taught};
use crate::ask::{act, ask, codes, statements};

/// How often it was told that a lesson is taught.
async fn told_as_taught(world: &World) -> u64 {
    let db = world.writing().await;
    let told = outbox::Entity::find().filter(outbox::Column::Kind.eq("lesson.taught")).count(&db).await.unwrap();
    world.written(db).await;
    told
}

async fn that_a_lesson_is_taught_is_told_once_though_an_experience_came_first(world: &World) {
    taught(world).await;
    assert_eq!(lesson(world, Who::Leader).await["status"], "REFLECTED");
    assert_eq!(told_as_taught(world).await, 1);
    let again = about(world, &json!({ "reason": "Nog eens." }));
    assert_eq!(codes(&act(world, Who::Trainer, "lessonReopen", "", again).await), Vec::<&str>::new());
    assert_eq!(lesson(world, Who::Leader).await["status"], "TAUGHT");
    assert_eq!(told_as_taught(world).await, 1, "it only fell back");
}

async fn a_session_without_a_record_of_preparation_counts_all_the_same(world: &World) {
    assert_eq!(lesson(world, Who::Teacher).await["status"], "NOT_STARTED");
    taught(world).await;
    // The experience of the leader stood there before.
    assert_eq!(lesson(world, Who::Teacher).await["status"], "REFLECTED");
    let seen = ask(world, Who::Leader, PLACE, json!({ "id": world.ours.school_cohorts[0] })).await["node"].take();
    assert_eq!(
        (&seen["completedLessons"], &seen["totalLessons"], &seen["nextLesson"]),
        (&json!(1), &json!(1), &Value::Null)
    );
}

async fn a_lesson_is_skipped_and_taken_up_again_for_a_reason(world: &World) {
    let reason = |reason: &str| about(world, &json!({ "reason": reason }));
    assert_eq!(codes(&act(world, Who::Trainer, "lessonReopen", "", reason("Te vroeg.")).await), ["CONFLICT"]);
    assert_eq!(codes(&act(world, Who::Trainer, "lessonSkip", "", reason(" ")).await), ["REQUIRED"]);
    let skipped =
        act(world, Who::Trainer, "lessonSkip", "progress { status skippedReason }", reason("Verhuisd.")).await;
    assert_eq!(skipped["progress"], json!({ "status": "SKIPPED", "skippedReason": "Verhuisd." }));
    let again = act(world, Who::Director, "lessonSkip", "progress { skippedReason }", reason("Anders.")).await;
    assert_eq!(again["progress"]["skippedReason"], "Verhuisd.");
    let opened = act(world, Who::Trainer, "lessonReopen", "progress { status }", reason("Toch wel.")).await;
    assert_eq!(opened["progress"]["status"], "NOT_STARTED");
    taught(world).await;
    // What was shared before it was taken up again belongs to the time before.
    assert_eq!(lesson(world, Who::Leader).await["status"], "TAUGHT");
}

async fn a_session_after_the_next_meeting_is_late(world: &World) {
    let session = world.ours.sessions[0].to_string();
    let late = async || {
        let seen = "query($id: ID!) { node(id: $id) { ... on TeamSession { isLate } } }";
        ask(world, Who::Leader, seen, json!({ "id": session })).await["node"]["isLate"].take()
    };
    assert_eq!(late().await, false, "no next meeting is planned");
    let at = |days| world.app.clock.now() + TimeDelta::days(days);
    let next = json!({ "cohort": world.ours.cohorts[0], "reviews": [world.ours.published.lesson], "prepares": [],
        "startsAt": at(12), "endsAt": at(12) + TimeDelta::hours(2) });
    assert_eq!(codes(&act(world, Who::Trainer, "meetingPlan", "", next).await), Vec::<&str>::new());
    assert_eq!(late().await, true);
    let moved = json!({ "id": session, "startsAt": at(11), "endsAt": at(11) + TimeDelta::hours(1) });
    act(world, Who::Leader, "teamSessionUpdate", "", moved).await;
    assert_eq!(late().await, false, "close to it, and before it");
    let moved = json!({ "id": session, "startsAt": at(13), "endsAt": at(13) + TimeDelta::hours(1) });
    act(world, Who::Leader, "teamSessionUpdate", "", moved).await;
    assert_eq!(late().await, true);
    act(world, Who::Leader, "teamSessionCancel", "", json!({ "id": session })).await;
    assert_eq!(late().await, false);
}

async fn a_grid_takes_as_many_statements_as_one_school(world: &World) {
    let grid = "query($id: ID!) { cohort(id: $id) { schools { school { name } leader { displayName } completedLessons
        nextLesson { title } lessons { lesson { title } status overdue skippedReason teamSessions { status
        attendance { status person { displayName } } } } } } }";
    let asked = json!({ "id": world.ours.cohorts[0] });
    // The course is read once per process.
    ask(world, Who::Admin, grid, asked.clone()).await;
    let one = statements(world, Who::Admin, grid, asked.clone()).await;
    let input = json!({ "cohort": world.ours.cohorts[0], "school": world.ours.schools[1] });
    assert_eq!(codes(&act(world, Who::Admin, "cohortSchoolAdd", "", input).await), Vec::<&str>::new());
    assert_eq!(ask(world, Who::Admin, grid, asked.clone()).await["cohort"]["schools"].as_array().unwrap().len(), 2);
    assert_eq!(statements(world, Who::Admin, grid, asked).await, one);
}

on_each_database!(
    a_session_without_a_record_of_preparation_counts_all_the_same,
    that_a_lesson_is_taught_is_told_once_though_an_experience_came_first,
    a_lesson_is_skipped_and_taken_up_again_for_a_reason,
    a_session_after_the_next_meeting_is_late,
    a_grid_takes_as_many_statements_as_one_school,
);
