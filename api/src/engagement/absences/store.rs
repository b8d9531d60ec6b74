//! The SQL of absence notices.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::absence_notice::{ActiveModel, Column, Entity, Model};
use glans_entity::ids::{AbsenceNoticeId, ClassGroupId, StudentId};
use glans_entity::people::enrolment;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::access::Permit;
use crate::people::rights::covers;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;

/// The notices in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[AbsenceNoticeId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The notice, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: AbsenceNoticeId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// The notices in sight of these students that touch the time from `from` until `until`, earliest first; without those that
/// were withdrawn.
pub(super) async fn of_students(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Model>> {
    let rows = Entity::within(scope)
        .filter(Column::StudentId.is_in(students.iter().copied()))
        .filter(Column::WithdrawnAt.is_null())
        .filter(Column::StartsAt.lt(until))
        .filter(Column::EndsAt.gt(from));
    Ok(rows.order_by_asc(Column::StartsAt).order_by_asc(Column::Id).all(db).await?)
}

/// The children in sight who are in these groups on a day.
pub(super) async fn children_in(
    db: &impl ConnectionTrait,
    scope: &Scope,
    groups: &[ClassGroupId],
    on: NaiveDate,
) -> Result<Vec<(ClassGroupId, StudentId)>> {
    let rows = enrolment::Entity::within(scope)
        .select_only()
        .columns([enrolment::Column::ClassGroupId, enrolment::Column::StudentId])
        .filter(enrolment::Column::ClassGroupId.is_in(groups.iter().copied()))
        .filter(covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, on));
    Ok(rows.into_tuple().all(db).await?)
}

/// Whether the guardian said already that the child does not come at some of the time of `row`.
pub(super) async fn overlaps(db: &impl ConnectionTrait, scope: &Scope, row: &Model) -> Result<bool> {
    let others = Entity::within(scope)
        .filter(Column::StudentId.eq(row.student_id))
        .filter(Column::GuardianId.eq(row.guardian_id))
        .filter(Column::WithdrawnAt.is_null())
        .filter(Column::StartsAt.lt(row.ends_at))
        .filter(Column::EndsAt.gt(row.starts_at));
    Ok(others.count(db).await? > 0)
}

/// Inserts a notice.
pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}
