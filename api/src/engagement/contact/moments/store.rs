//! The SQL of contact moments.

use chrono::{DateTime, Utc};
use glans_entity::engagement::contact_moment::{ActiveModel, Column, Entity, Model};
use glans_entity::ids::{ContactMomentId, StudentId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// The contact moments in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[ContactMomentId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The contact moment, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: ContactMomentId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

const LATEST_FIRST: By<Entity, DateTime<Utc>> = Order {
    name: "contact.time",
    columns: (Column::OccurredAt, Column::Id),
    key: |row: &Model| (row.occurred_at, row.id.0),
    descending: true,
};

listed!(Model, LATEST_FIRST);

/// One page of the contact moments in sight about a child, the latest first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    student: StudentId,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    page::rows(db, Entity::within(scope).filter(Column::StudentId.eq(student)), &LATEST_FIRST, args).await
}

/// Inserts a contact moment.
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

/// Takes a contact moment away.
pub(super) async fn delete(db: &impl ConnectionTrait, _permit: &Permit, id: ContactMomentId) -> Result<()> {
    Entity::delete_many().filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}
