//! The table of calendar feeds, and the lessons that a feed names.
#![expect(clippy::disallowed_methods, reason = "a feed belongs to an account, not to a board")]

use glans_entity::identity::calendar_feed::{ActiveModel, Column, Entity, Model};
use glans_entity::ids::{AccountId, LessonId};
use glans_entity::programme::lesson;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::platform::error::Result;

pub async fn of_account(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(account).one(db).await?)
}

pub async fn by_secret(db: &impl ConnectionTrait, hash: Vec<u8>) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::SecretHash.eq(hash)).one(db).await?)
}

/// Stores a feed in the place of the one that its account had.
pub async fn put(db: &impl ConnectionTrait, row: &Model) -> Result<()> {
    let instead =
        OnConflict::column(Column::AccountId).update_columns([Column::SecretHash, Column::RenewedAt]).to_owned();
    Entity::insert(ActiveModel::from(row.clone())).on_conflict(instead).exec_without_returning(db).await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, account: AccountId) -> Result<()> {
    Entity::delete_by_id(account).exec(db).await?;
    Ok(())
}

pub async fn lessons(db: &impl ConnectionTrait, scope: &Scope, ids: &[LessonId]) -> Result<Vec<lesson::Model>> {
    Ok(lesson::Entity::within(scope).filter(lesson::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}
