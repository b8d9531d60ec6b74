//! The table of signing keys.
#![expect(clippy::disallowed_methods, reason = "signing keys belong to the server, not to boards")]

use chrono::{DateTime, Utc};
use glans_entity::identity::SigningKeyState;
use glans_entity::identity::signing_key::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::pair::Pair;
use crate::platform::error::Result;

/// All keys, the oldest first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Kid).all(db).await?)
}

pub async fn insert(db: &impl ConnectionTrait, pair: Pair, state: SigningKeyState, now: DateTime<Utc>) -> Result<()> {
    let row = ActiveModel {
        kid: Set(pair.kid),
        state: Set(state),
        public_key: Set(pair.public),
        sealed_private_key: Set(pair.sealed_private),
        created_at: Set(now),
        activated_at: Set((state == SigningKeyState::Current).then_some(now)),
        retired_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Moves the key that is in state `from` on; false when there is none.
pub async fn advance(db: &impl ConnectionTrait, from: SigningKeyState, now: DateTime<Utc>) -> Result<bool> {
    let (to, stamp) = match from {
        SigningKeyState::Next => (SigningKeyState::Current, Column::ActivatedAt),
        SigningKeyState::Current | SigningKeyState::Retired => (SigningKeyState::Retired, Column::RetiredAt),
    };
    let moved = Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(stamp, Expr::value(now))
        .filter(Column::State.eq(from))
        .exec(db)
        .await?;
    Ok(moved.rows_affected > 0)
}

pub async fn delete(db: &impl ConnectionTrait, kid: &str) -> Result<()> {
    Entity::delete_by_id(kid.to_owned()).exec(db).await?;
    Ok(())
}
