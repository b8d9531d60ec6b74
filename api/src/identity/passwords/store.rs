//! Requests for a new password.
#![expect(clippy::disallowed_methods, reason = "reset codes belong to accounts, not to boards")]

use chrono::{DateTime, Utc};
use glans_entity::identity::{account, password_reset};
use glans_entity::ids::{AccountId, BoardId, PasswordResetId, PersonId};
use glans_entity::people::person;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::platform::error::{Error, Result};

/// A reset code that was asked for.
pub struct Request {
    pub id: PasswordResetId,
    pub code_hash: Vec<u8>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Keeps the hash of a reset code, if `account` exists. One statement either way, so that neither the time it takes nor
/// the count of statements tells which.
pub async fn insert_if_exists(db: &impl ConnectionTrait, account: AccountId, request: Request) -> Result<()> {
    use password_reset::Column;
    let values = Query::select()
        .expr(Expr::value(request.id))
        .column(account::Column::Id)
        .expr(Expr::value(request.code_hash))
        .expr(Expr::value(request.created_at))
        .expr(Expr::value(request.expires_at))
        .from(account::Entity)
        .and_where(Expr::col(account::Column::Id).eq(account))
        .to_owned();
    let mut insert = Query::insert();
    insert
        .into_table(password_reset::Entity)
        .columns([Column::Id, Column::AccountId, Column::CodeHash, Column::CreatedAt, Column::ExpiresAt])
        .select_from(values)
        .map_err(Error::fault)?;
    db.execute(&insert).await?;
    Ok(())
}

/// Whose code this is, while it can be used.
pub async fn account_of(
    db: &impl ConnectionTrait,
    code_hash: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>> {
    use password_reset::Column;
    let row = password_reset::Entity::find()
        .filter(Column::CodeHash.eq(code_hash))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    Ok(row.map(|row| row.account_id))
}

/// Uses up the code. False when somebody else used it just now, or the account has got another password since.
pub async fn use_up(db: &impl ConnectionTrait, code_hash: Vec<u8>, now: DateTime<Utc>) -> Result<bool> {
    Ok(use_all(db, password_reset::Column::CodeHash.eq(code_hash), now).await? > 0)
}

/// Uses up every code of the account: none outlives the password that it was asked for.
pub async fn void_open(db: &impl ConnectionTrait, account: AccountId, now: DateTime<Utc>) -> Result<()> {
    use_all(db, password_reset::Column::AccountId.eq(account), now).await?;
    Ok(())
}

async fn use_all(db: &impl ConnectionTrait, which: Expr, now: DateTime<Utc>) -> Result<u64> {
    use password_reset::Column;
    let used = password_reset::Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::UsedAt.is_null())
        .filter(which)
        .exec(db)
        .await?;
    Ok(used.rows_affected)
}

/// Whose login this is, as the board that has known them longest knows them.
pub async fn person_of(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    account: AccountId,
) -> Result<Option<(BoardId, PersonId)>> {
    use person::Column;
    let row = person::Entity::within(everywhere)
        .filter(Column::AccountId.eq(account))
        .filter(Column::ArchivedAt.is_null())
        .filter(Column::ErasedAt.is_null())
        .order_by_asc(Column::Id)
        .one(db)
        .await?;
    Ok(row.map(|row| (row.board_id, row.id)))
}

/// Removes requests that ran out before `limit`; returns how many.
pub async fn prune(db: &impl ConnectionTrait, limit: DateTime<Utc>) -> Result<u64> {
    let over = password_reset::Column::ExpiresAt.lt(limit);
    Ok(password_reset::Entity::delete_many().filter(over).exec(db).await?.rows_affected)
}

/// The request, if it was for an account.
pub async fn by_id(db: &impl ConnectionTrait, id: PasswordResetId) -> Result<Option<password_reset::Model>> {
    Ok(password_reset::Entity::find_by_id(id).one(db).await?)
}
