//! The SQL of uploads.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, UploadId};
use glans_entity::platform::upload::{Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect,
};

use crate::access::Permit;
use crate::platform::error::Result;

/// The upload, if it is in sight.
pub(super) async fn by_id(db: &impl ConnectionTrait, scope: &Scope, id: UploadId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).one(db).await?)
}

/// How many uploads of `board` are of use at `now`.
pub(super) async fn living(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: BoardId,
    now: DateTime<Utc>,
) -> Result<u64> {
    let living = Entity::within(scope).filter(Column::BoardId.eq(board)).filter(Column::ExpiresAt.gt(now));
    Ok(living.select_only().column(Column::Id).count(db).await?)
}

/// The upload whose bytes are waited for at this address.
pub(super) async fn by_address(db: &impl ConnectionTrait, scope: &Scope, address: &[u8]) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::AddressHash.eq(address)).one(db).await?)
}

/// As [`by_address`], and nobody else takes it until the transaction ends.
pub(super) async fn lock_by_address(db: &impl ConnectionTrait, scope: &Scope, address: &[u8]) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::AddressHash.eq(address)).lock_exclusive().one(db).await?)
}

pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    Ok(row.into_active_model().reset_all().insert(db).await?)
}

/// The bytes are here, and the address works no longer.
pub(super) async fn keep(db: &impl ConnectionTrait, _permit: &Permit, row: Model, bytes: Vec<u8>) -> Result<()> {
    let row = Model { address_hash: None, bytes: Some(bytes), ..row };
    row.into_active_model().reset_all().update(db).await?;
    Ok(())
}

/// Takes away what is of no use any more; how many.
pub async fn prune(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(db).await?.rows_affected)
}
