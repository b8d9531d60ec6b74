//! The table of accounts.
#![expect(clippy::disallowed_methods, reason = "accounts belong to no board")]

use chrono::{DateTime, Utc};
use glans_entity::identity::account::{ActiveModel, Column, Entity, Model};
use glans_entity::ids::AccountId;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::platform::error::{Result, taken};

pub async fn by_id(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// By its address in canonical form.
pub async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Email.eq(email)).one(db).await?)
}

/// A new account with its first password.
pub async fn insert(
    db: &impl ConnectionTrait,
    email: &str,
    password_hash: String,
    language: &str,
    now: DateTime<Utc>,
) -> Result<AccountId> {
    let id = AccountId::new();
    let row = ActiveModel {
        id: Set(id),
        email: Set(email.to_owned()),
        password_hash: Set(Some(password_hash)),
        language: Set(language.to_owned()),
        first_signed_in_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
        version: Set(1),
    };
    Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map_err(taken("email", "An account with this e-mail address was made just now. Sign in with it."))?;
    Ok(id)
}

pub async fn set_password(db: &impl ConnectionTrait, id: AccountId, hash: String, now: DateTime<Utc>) -> Result<()> {
    update(db, id, Column::PasswordHash, hash, now).await
}

pub async fn set_language(db: &impl ConnectionTrait, id: AccountId, language: &str, now: DateTime<Utc>) -> Result<()> {
    update(db, id, Column::Language, language.to_owned(), now).await
}

async fn update(
    db: &impl ConnectionTrait,
    id: AccountId,
    what: Column,
    value: String,
    now: DateTime<Utc>,
) -> Result<()> {
    use sea_orm::sea_query::ExprTrait;
    Entity::update_many()
        .col_expr(what, Expr::value(value))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Marks the first sign-in; later ones change nothing. Whether this was the first.
pub async fn signed_in(db: &impl ConnectionTrait, id: AccountId, now: DateTime<Utc>) -> Result<bool> {
    let marked = Entity::update_many()
        .col_expr(Column::FirstSignedInAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::FirstSignedInAt.is_null())
        .exec(db)
        .await?;
    Ok(marked.rows_affected > 0)
}
