//! Who was erased is counted once, and named nowhere.

use chrono::{Days, TimeDelta};
use glans::call::today;
use glans_entity::engagement::{AttendeeStatus, conversation, conversation_attendee, survey};
use glans_entity::ids::ConversationId;
use glans_entity::metrics::Metric;
use glans_entity::practice::OccasionStatus;
use glans_tests::seed::Someone;
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{counted_all_along, facts_of, hold, reading, told, told_at};
use crate::ask::{act, codes};
use crate::metrics::now;

async fn erase(world: &World, someone: Someone) {
    let done = act(world, Who::Admin, "personErase", "", json!({ "id": someone.person })).await;
    assert_eq!(codes(&done), Vec::<&str>::new());
}

/// The guardians of the conversation were absent, says the record.
async fn record_absence(world: &World, id: ConversationId) {
    use conversation::Column;
    let db = world.writing().await;
    conversation_attendee::Entity::update_many()
        .col_expr(conversation_attendee::Column::Status, Expr::val(AttendeeStatus::Absent.to_value()))
        .filter(conversation_attendee::Column::ConversationId.eq(id))
        .filter(conversation_attendee::Column::IsStaff.eq(false))
        .exec(&db)
        .await
        .unwrap();
    conversation::Entity::update_many()
        .col_expr(Column::Status, Expr::val(OccasionStatus::Held.to_value()))
        .col_expr(Column::CancelReason, Expr::val(None::<String>))
        .col_expr(Column::RecordedAt, Expr::val(now(world)))
        .col_expr(Column::ReleaseAt, Expr::val(now(world)))
        .filter(Column::Id.eq(id))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
    told(world, "conversation.recorded", id).await;
}

async fn a_guardian_who_was_erased_is_counted_once_and_named_nowhere(world: &World) {
    let (guardian, partners) = (world.ours.guardians[0], world.ours.partners[0]);
    counted_all_along(world).await;
    told(world, "conversation.recorded", partners.held).await;
    let before = facts_of(world, Metric::NoShow, partners.held.0).await;
    assert_eq!(before.iter().map(|fact| fact.subject_id).collect::<Vec<_>>(), [guardian.person.0]);

    erase(world, guardian).await;
    let nameless = facts_of(world, Metric::NoShow, partners.held.0).await;
    assert_eq!(nameless.len(), 1);
    assert_ne!(nameless[0].subject_id, guardian.person.0);
    record_absence(world, partners.held).await;
    assert_eq!(facts_of(world, Metric::NoShow, partners.held.0).await, nameless, "corrected");

    // What is written down for the first time has another id at once.
    record_absence(world, partners.planned).await;
    let (id, closed_at) = (world.ours.surveys[0], now(world) + TimeDelta::days(15));
    let row = survey::Entity::find_by_id(id).one(&reading(world).await).await.unwrap().unwrap();
    assert!(row.closes_at < closed_at);
    told_at(world, "survey.closed", id, closed_at).await;
    for (metric, item) in [(Metric::NoShow, partners.planned.0), (Metric::SurveyResponse, id.0)] {
        let facts = facts_of(world, metric, item).await;
        assert_eq!(facts.len(), 1, "{metric:?}");
        assert_ne!(facts[0].subject_id, guardian.person.0, "{metric:?}");
    }
}

async fn a_teacher_who_was_erased_is_counted_once(world: &World) {
    let (vera, id) = (world.teacher("Vera", 0).await, world.ours.sessions[0].0);
    hold(world, today(now(world)) - Days::new(1), &[world.ours.teacher, vera]).await;
    assert_eq!(facts_of(world, Metric::TeamAttendance, id).await.len(), 2);
    erase(world, vera).await;
    told(world, "team_session.recorded", world.ours.sessions[0]).await;
    let facts = facts_of(world, Metric::TeamAttendance, id).await;
    assert_eq!(facts.len(), 2);
    assert!(facts.iter().all(|fact| fact.subject_id != vera.person.0));
}

on_each_database!(
    a_guardian_who_was_erased_is_counted_once_and_named_nowhere,
    a_teacher_who_was_erased_is_counted_once,
);
