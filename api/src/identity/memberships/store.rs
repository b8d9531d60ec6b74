//! Writing memberships.

use chrono::{DateTime, Utc};
use glans_entity::ids::MembershipId;
use glans_entity::people::membership::{Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QuerySelect,
};

use crate::access::Permit;
use crate::platform::error::Result;

/// The membership, if it is in sight; nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: MembershipId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// Ends a membership and returns it as it is then.
pub async fn end(db: &impl ConnectionTrait, _permit: &Permit, held: Model, now: DateTime<Utc>) -> Result<Model> {
    let version = held.version;
    let mut row = held.into_active_model();
    row.ended_at = Set(Some(now));
    row.updated_at = Set(now);
    row.version = Set(version + 1);
    Ok(row.update(db).await?)
}
