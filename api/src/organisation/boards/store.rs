//! The SQL of boards.

use chrono::{DateTime, Utc};
use glans_entity::ids::BoardId;
use glans_entity::organisation::board::{self, Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, IntoActiveModel,
    QueryFilter, QuerySelect,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::alone;
use crate::platform::error::Result;
use crate::platform::own_id::taken_or_id;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

const NUMBER_TAKEN: &str = "Another board has this number. Check it in the national register.";

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

/// As [`by_id`], and nobody else changes it until the transaction ends. What others write in it meanwhile does not wait, nor
/// is it waited for: each of their rows holds the key of the board.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: BoardId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock(LockType::NoKeyUpdate).one(db).await?)
}

/// As [`lock`], and nobody writes in it by what it was: who publishes its figures is waited for, and so is everybody else
/// who writes in it, an import too.
pub async fn lock_whole(db: &impl ConnectionTrait, scope: &Scope, id: BoardId) -> Result<()> {
    Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?;
    Ok(())
}

/// Nobody else holds the board until the transaction ends: an import does, who closes it, and who decides by rows of
/// all of it. Whoever does not hold it does not wait, also to change the board itself.
pub async fn hold(db: &DatabaseTransaction, id: BoardId) -> Result<()> {
    alone::wait(db, &format!("organisation.boards.{id}")).await
}

const BY_NAME: By<Entity, String> = Order {
    name: "board.name",
    columns: (Column::Name, Column::Id),
    key: |row: &Model| (row.name.clone(), row.id.0),
    descending: false,
};

listed!(Model, BY_NAME);

/// One page, by name.
pub async fn page(db: &impl ConnectionTrait, scope: &Scope, args: &PageArgs) -> Result<Rows<Model>> {
    page::rows(db, Entity::within(scope), &BY_NAME, args).await
}

/// Inserts a board. Two runs of the program may found one of the same number at once.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken_or_id("number", NUMBER_TAKEN))
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
    Ok(row.update(db).await?)
}
