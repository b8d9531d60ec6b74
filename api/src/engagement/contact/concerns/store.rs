//! The SQL of concerns.

use chrono::{DateTime, Utc};
use glans_entity::engagement::ConcernStatus;
use glans_entity::engagement::concern::{ActiveModel, Column, Entity, Model};
use glans_entity::ids::{ConcernId, StudentId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// The concerns in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[ConcernId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The concern, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: ConcernId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// The concerns in sight about `students`, oldest first.
pub(in crate::engagement::contact) async fn of_students(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<Vec<Model>> {
    let rows = Entity::within(scope).filter(Column::StudentId.is_in(students.iter().copied()));
    Ok(rows.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(db).await?)
}

const NEWEST_FIRST: By<Entity, DateTime<Utc>> = Order {
    name: "concern.time",
    columns: (Column::CreatedAt, Column::Id),
    key: |row: &Model| (row.created_at, row.id.0),
    descending: true,
};

listed!(Model, NEWEST_FIRST);

/// One page of the concerns in sight, newest first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    student: Option<StudentId>,
    open_only: bool,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    let mut select = Entity::within(scope);
    if let Some(student) = student {
        select = select.filter(Column::StudentId.eq(student));
    }
    if open_only {
        select = select.filter(Column::Status.ne(ConcernStatus::Resolved));
    }
    page::rows(db, select, &NEWEST_FIRST, args).await
}

/// Inserts a concern.
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
