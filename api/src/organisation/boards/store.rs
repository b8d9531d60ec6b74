//! The SQL of boards.

use chrono::{DateTime, Utc};
use glans_entity::ids::BoardId;
use glans_entity::organisation::board::{self, Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QuerySelect,
};

use crate::access::Permit;
use crate::platform::error::{Result, taken};
use crate::platform::page::{self, Order, PageArgs, Rows};

/// The board, if it is in sight.
pub async fn by_id(db: &impl ConnectionTrait, scope: &Scope, id: BoardId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).one(db).await?)
}

/// The boards in sight with these ids.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[BoardId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The board with this number in the national register.
pub async fn by_number(db: &impl ConnectionTrait, scope: &Scope, number: &str) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Number.eq(number)).one(db).await?)
}

/// As [`by_id`], and nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: BoardId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// One page, by name.
pub async fn page(db: &impl ConnectionTrait, scope: &Scope, args: &PageArgs) -> Result<Rows<Model>> {
    let order = Order {
        name: "board.name",
        columns: (Column::Name, Column::Id),
        key: |row: &Model| (row.name.clone(), row.id.0),
        descending: false,
    };
    page::rows(db, Entity::within(scope), &order, args).await
}

/// Inserts a board.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    let unique = taken("number", "Another board has this number. Check it in the national register.");
    row.into_active_model().reset_all().insert(db).await.map_err(unique)
}

/// Stores the changed fields of `row` as its next version.
pub async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: board::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    row.update(db).await.map_err(taken("number", "Another board has this number. Check it in the national register."))
}
