//! Meetings, team sessions, and a lesson without a date.

use chrono::{Days, NaiveDate, TimeDelta};
use glans_entity::practice::{meeting, team_session};
use glans_entity::scope::Scoped;
use glans_tests::{World, on_each_database};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;

use super::{NOBODY, day, morning, prepared, reminded, turn_to};
use crate::notifications::occasions::{done, notifications};

/// The days of the first meeting and of the first team session: a week and two after the world was sown, which may have been
/// on the other side of midnight.
async fn sown(world: &World) -> [NaiveDate; 2] {
    let everywhere = world.everywhere();
    let db = world.app.db.read(&everywhere).await.unwrap();
    let meeting = meeting::Entity::within(&everywhere).filter(meeting::Column::Id.eq(world.ours.meetings[0]));
    let session = team_session::Entity::within(&everywhere).filter(team_session::Column::Id.eq(world.ours.sessions[0]));
    let (meeting, session) = (meeting.one(&db).await.unwrap(), session.one(&db).await.unwrap());
    [meeting.unwrap().starts_at, session.unwrap().starts_at].map(day)
}

async fn a_meeting_tomorrow(world: &World) {
    let moment = sown(world).await[0] - Days::new(1);
    done(
        world,
        world.ours.leader,
        "occasionRespond",
        "",
        json!({ "occasion": world.ours.meetings[0], "answer": "DECLINED" }),
    )
    .await;
    turn_to(world, morning(moment) - TimeDelta::hours(1));
    assert_eq!(reminded(world, "meeting-tomorrow").await, NOBODY, "half past eight");
    turn_to(world, morning(moment));
    // Of each cohort its own; Marieke stays away.
    assert_eq!(reminded(world, "meeting-tomorrow").await, ["Laila*", "Trudy*"]);
    let rows = notifications(world, "meeting-tomorrow").await;
    assert!(rows.iter().all(|row| row.source.starts_with("reminder.meeting-tomorrow.meeting_")));
}

async fn a_meeting_that_was_cancelled_is_not_reminded_of(world: &World) {
    let moment = sown(world).await[0] - Days::new(1);
    done(world, world.ours.trainer, "meetingCancel", "", json!({ "id": world.ours.meetings[0] })).await;
    turn_to(world, morning(moment));
    assert_eq!(reminded(world, "meeting-tomorrow").await, ["Laila*"]);
}

async fn a_team_session_in_a_week_and_tomorrow(world: &World) {
    world.teacher("Jan", 1).await;
    let day = sown(world).await[1];
    let away = json!({ "occasion": world.ours.sessions[0], "answer": "DECLINED" });
    done(world, world.ours.teacher, "occasionRespond", "", away).await;
    turn_to(world, morning(day - Days::new(7)) - TimeDelta::hours(1));
    assert_eq!(reminded(world, "session-next-week").await, NOBODY, "half past eight");
    turn_to(world, morning(day - Days::new(7)));
    assert_eq!(reminded(world, "session-next-week").await, ["Laila*", "Marieke*"], "who give the lesson");
    turn_to(world, morning(day - Days::new(1)));
    // Each team its own; Tarik stays away.
    assert_eq!(reminded(world, "session-tomorrow").await, ["Jan*", "Laila*", "Marieke*"]);
    let rows = notifications(world, "session-next-week").await;
    assert_eq!(rows.len(), 2, "once is enough");
    assert!(rows.iter().all(|row| row.source.starts_with("reminder.session-next-week.teamsession_")));
}

async fn a_team_session_that_does_not_take_place_is_not_reminded_of(world: &World) {
    let day = sown(world).await[1];
    done(world, world.ours.leader, "teamSessionCancel", "", json!({ "id": world.ours.sessions[0] })).await;
    let left = json!({ "cohort": world.ours.cohorts[1], "school": world.ours.schools[1] });
    done(world, world.ours.admin, "cohortSchoolRemove", "", left).await;
    turn_to(world, morning(day - Days::new(7)));
    assert_eq!(reminded(world, "session-next-week").await, NOBODY);
}

async fn a_lesson_without_a_date(world: &World) {
    prepared(world, TimeDelta::days(6)).await;
    assert_eq!(reminded(world, "session-without-date").await, NOBODY);
    prepared(world, TimeDelta::days(7) + TimeDelta::hours(1)).await;
    assert_eq!(reminded(world, "session-without-date").await, ["Marieke*"]);
}

on_each_database!(
    a_meeting_tomorrow,
    a_meeting_that_was_cancelled_is_not_reminded_of,
    a_team_session_in_a_week_and_tomorrow,
    a_team_session_that_does_not_take_place_is_not_reminded_of,
    a_lesson_without_a_date,
);
