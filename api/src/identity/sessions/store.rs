//! Sessions and their refresh tokens.
#![expect(clippy::disallowed_methods, reason = "sessions belong to accounts, not to boards")]

use chrono::{DateTime, Utc};
use glans_entity::identity::{refresh_token, session};
use glans_entity::ids::{AccountId, SessionId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use crate::notifications::devices;
use crate::platform::error::Result;

pub async fn insert(db: &impl ConnectionTrait, row: &session::Model) -> Result<()> {
    session::Entity::insert(session::ActiveModel::from(row.clone())).exec_without_returning(db).await?;
    Ok(())
}

pub async fn by_id(db: &impl ConnectionTrait, id: SessionId) -> Result<Option<session::Model>> {
    Ok(session::Entity::find_by_id(id).one(db).await?)
}

/// Locked until the transaction ends: of many refreshes at once, one rotates and the others find it done.
pub async fn lock(db: &impl ConnectionTrait, id: SessionId) -> Result<Option<session::Model>> {
    Ok(session::Entity::find_by_id(id).lock_exclusive().one(db).await?)
}

/// The sessions of an account that are not revoked and not past their absolute end, the newest first.
pub async fn open(db: &impl ConnectionTrait, account: AccountId, now: DateTime<Utc>) -> Result<Vec<session::Model>> {
    use session::Column;
    Ok(session::Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .order_by_desc(Column::Id)
        .all(db)
        .await?)
}

pub async fn touch(db: &impl ConnectionTrait, id: SessionId, now: DateTime<Utc>) -> Result<()> {
    use session::Column;
    session::Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends a session, and with it the devices that it registered: settle the account after the commit. False when it had ended
/// already.
pub async fn revoke(db: &impl ConnectionTrait, id: SessionId, now: DateTime<Utc>) -> Result<bool> {
    use session::Column;
    let revoked = session::Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    devices::store::end_with_session(db, id).await?;
    Ok(revoked.rows_affected > 0)
}

/// Ends all sessions of an account but `kept`, and with them the devices that they registered. Settle the account after the commit.
pub async fn revoke_others(
    db: &impl ConnectionTrait,
    account: AccountId,
    kept: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<()> {
    use session::Column;
    let mut update = session::Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::AccountId.eq(account))
        .filter(Column::RevokedAt.is_null());
    if let Some(kept) = kept {
        update = update.filter(Column::Id.ne(kept));
    }
    update.exec(db).await?;
    devices::store::end_with_sessions(db, account, kept).await
}

pub async fn token(db: &impl ConnectionTrait, hash: Vec<u8>) -> Result<Option<refresh_token::Model>> {
    Ok(refresh_token::Entity::find_by_id(hash).one(db).await?)
}

pub async fn insert_token(
    db: &impl ConnectionTrait,
    session: SessionId,
    hash: Vec<u8>,
    generation: i32,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = refresh_token::ActiveModel {
        hash: Set(hash),
        session_id: Set(session),
        generation: Set(generation),
        created_at: Set(now),
        rotated_at: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub async fn mark_rotated(db: &impl ConnectionTrait, hash: Vec<u8>, now: DateTime<Utc>) -> Result<()> {
    use refresh_token::Column;
    refresh_token::Entity::update_many()
        .col_expr(Column::RotatedAt, Expr::value(now))
        .filter(Column::Hash.eq(hash))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes sessions that ended before `limit`, with their tokens and what is left of their devices; returns how many.
pub async fn prune(db: &impl ConnectionTrait, limit: DateTime<Utc>) -> Result<u64> {
    use session::Column;
    let ended = || Condition::any().add(Column::RevokedAt.lt(limit)).add(Column::ExpiresAt.lt(limit));
    let sessions = session::Entity::find().select_only().column(Column::Id).filter(ended()).into_query();
    let tokens = refresh_token::Column::SessionId.in_subquery(sessions);
    refresh_token::Entity::delete_many().filter(tokens).exec(db).await?;
    Ok(session::Entity::delete_many().filter(ended()).exec(db).await?.rows_affected)
}
