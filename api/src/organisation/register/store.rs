//! The SQL that only the register needs; the rest is that of boards and schools.

use glans_entity::ids::BoardId;
use glans_entity::organisation::school::{Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};

use crate::platform::error::Result;

/// The schools of a board, closed ones too, that nobody else changes until the transaction ends.
pub(super) async fn lock_schools(db: &impl ConnectionTrait, scope: &Scope, board: BoardId) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::BoardId.eq(board)).lock_exclusive().all(db).await?)
}
