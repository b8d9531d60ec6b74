//! What a school does with a lesson: how far it is, what is coming up, who follows it, and a phone that sends twice.

mod coming;
mod following;
mod history;
mod lessons;
mod phone;

use chrono::TimeDelta;
use glans_tests::{Who, World};
use serde_json::{Value, json};

use crate::ask::{act, ask, codes};

const PLACE: &str = "query($id: ID!) { node(id: $id) { ... on SchoolCohort { completedLessons totalLessons
    nextLesson { title } lessons { status overdue dueAt taughtAt teamSessions { status } } } } }";

/// The lesson at the first school, as `who` sees it.
async fn lesson(world: &World, who: Who) -> Value {
    let mut seen = ask(world, who, PLACE, json!({ "id": world.ours.school_cohorts[0] })).await;
    seen["node"]["lessons"][0].take()
}

/// What a plan, a record or a mark needs.
fn about(world: &World, more: &Value) -> Value {
    let mut input = json!({ "schoolCohort": world.ours.school_cohorts[0], "lesson": world.ours.published.lesson });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// A session that was an hour ago.
fn just_now(world: &World) -> Value {
    let starts = world.app.clock.now() - TimeDelta::hours(2);
    about(world, &json!({ "startsAt": starts, "endsAt": starts + TimeDelta::hours(1) }))
}

/// A held session of the first school.
async fn taught(world: &World) -> Value {
    for session in [world.ours.sessions[0].to_string()] {
        let cancelled = act(world, Who::Leader, "teamSessionCancel", "", json!({ "id": session })).await;
        assert_eq!(codes(&cancelled), Vec::<&str>::new());
    }
    let planned = act(world, Who::Leader, "teamSessionPlan", "teamSession { id }", just_now(world)).await;
    assert_eq!(codes(&planned), Vec::<&str>::new());
    let present = json!([{ "person": world.ours.teacher.person, "status": "PRESENT" }]);
    let input = json!({ "id": planned["teamSession"]["id"], "attendance": present });
    let mut held = act(world, Who::Leader, "teamSessionRecord", "teamSession { id status version }", input).await;
    assert_eq!(codes(&held), Vec::<&str>::new());
    held["teamSession"].take()
}
