//! The SQL of meetings.

use chrono::{DateTime, Utc};
use glans_entity::ids::{CohortId, MeetingId};
use glans_entity::practice::{meeting, meeting_lesson};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::error::Result;
use crate::platform::own_id::id_taken;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// The meetings in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[MeetingId]) -> Result<Vec<meeting::Model>> {
    Ok(meeting::Entity::within(scope).filter(meeting::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The meeting, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: MeetingId) -> Result<Option<meeting::Model>> {
    Ok(meeting::Entity::within(scope).filter(meeting::Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

const BY_TIME: By<meeting::Entity, DateTime<Utc>> = Order {
    name: "meeting.time",
    columns: (meeting::Column::StartsAt, meeting::Column::Id),
    key: |row: &meeting::Model| (row.starts_at, row.id.0),
    descending: false,
};

listed!(meeting::Model, BY_TIME);

/// One page of the meetings in sight of a cohort that end after `from`, earliest first.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    cohort: CohortId,
    from: Option<DateTime<Utc>>,
    args: &PageArgs,
) -> Result<Rows<meeting::Model>> {
    let mut select = meeting::Entity::within(scope).filter(meeting::Column::CohortId.eq(cohort));
    if let Some(from) = from {
        select = select.filter(meeting::Column::EndsAt.gt(from));
    }
    page::rows(db, select, &BY_TIME, args).await
}

/// The meetings in sight of `cohorts`, earliest first.
pub(super) async fn of_cohorts(
    db: &impl ConnectionTrait,
    scope: &Scope,
    cohorts: &[CohortId],
) -> Result<Vec<meeting::Model>> {
    let of_them = meeting::Column::CohortId.is_in(cohorts.iter().copied());
    let rows = meeting::Entity::within(scope).filter(of_them);
    Ok(rows.order_by_asc(meeting::Column::StartsAt).order_by_asc(meeting::Column::Id).all(db).await?)
}

/// The lessons of `meetings` in sight, in the order of the course.
pub(super) async fn lessons_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    meetings: &[MeetingId],
) -> Result<Vec<meeting_lesson::Model>> {
    let of_them = meeting_lesson::Column::MeetingId.is_in(meetings.iter().copied());
    let rows = meeting_lesson::Entity::within(scope).filter(of_them);
    Ok(rows.order_by_asc(meeting_lesson::Column::Position).all(db).await?)
}

/// Inserts a meeting.
pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: meeting::Model) -> Result<meeting::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(id_taken)
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: meeting::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<meeting::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Puts `lessons` in the place of those that the meeting had.
pub(super) async fn set_lessons(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    meeting: MeetingId,
    lessons: Vec<meeting_lesson::Model>,
) -> Result<()> {
    meeting_lesson::Entity::delete_many().filter(meeting_lesson::Column::MeetingId.eq(meeting)).exec(db).await?;
    let rows = lessons.into_iter().map(|row| row.into_active_model().reset_all());
    meeting_lesson::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}
