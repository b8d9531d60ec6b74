//! The SQL of API clients and their secrets.

use chrono::{DateTime, Utc};
use glans_entity::identity::{api_client, api_client_secret};
use glans_entity::ids::{ApiClientId, ApiClientSecretId, BoardId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::error::Result;
use crate::platform::own_id::taken_or_id;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// The client, if it is in sight.
pub async fn by_id(db: &impl ConnectionTrait, scope: &Scope, id: ApiClientId) -> Result<Option<api_client::Model>> {
    Ok(api_client::Entity::within(scope).filter(api_client::Column::Id.eq(id)).one(db).await?)
}

/// The clients in sight with these ids.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[ApiClientId]) -> Result<Vec<api_client::Model>> {
    let wanted = api_client::Column::Id.is_in(ids.iter().copied());
    Ok(api_client::Entity::within(scope).filter(wanted).all(db).await?)
}

/// The client as it finds itself, whatever its scopes.
pub async fn itself(db: &impl ConnectionTrait, id: ApiClientId) -> Result<Option<api_client::Model>> {
    by_id(db, &Scope { system: true, ..Scope::default() }, id).await
}

/// As [`by_id`], and nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: ApiClientId) -> Result<Option<api_client::Model>> {
    Ok(api_client::Entity::within(scope).filter(api_client::Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

const BY_NAME: By<api_client::Entity, String> = Order {
    name: "apiClient.name",
    columns: (api_client::Column::Name, api_client::Column::Id),
    key: |row: &api_client::Model| (row.name.clone(), row.id.0),
    descending: false,
};

listed!(api_client::Model, BY_NAME);

/// One page of the clients of `board`, by name.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: BoardId,
    args: &PageArgs,
) -> Result<Rows<api_client::Model>> {
    use api_client::Column;
    let select = api_client::Entity::within(scope).filter(Column::BoardId.eq(board));
    page::rows(db, select, &BY_NAME, args).await
}

pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: api_client::Model) -> Result<api_client::Model> {
    let taken = taken_or_id("name", "Another client of this board has this name.");
    row.into_active_model().reset_all().insert(db).await.map_err(taken)
}

/// Ends a client and returns it as it is then.
pub async fn revoke(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    client: api_client::Model,
    now: DateTime<Utc>,
) -> Result<api_client::Model> {
    let version = client.version;
    let mut row = client.into_active_model();
    row.revoked_at = Set(Some(now));
    row.updated_at = Set(now);
    row.version = Set(version + 1);
    Ok(row.update(db).await?)
}

pub async fn insert_secret(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    client: &api_client::Model,
    hash: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = api_client_secret::ActiveModel {
        id: Set(ApiClientSecretId::new()),
        board_id: Set(client.board_id),
        client_id: Set(client.id),
        secret_hash: Set(hash),
        created_at: Set(now),
        expires_at: Set(None),
        last_used_at: Set(None),
    };
    api_client_secret::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Lets the secrets of a client that have an end later than `end`, or none, end then.
pub async fn end_secrets(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    client: ApiClientId,
    only_open: bool,
    end: DateTime<Utc>,
) -> Result<()> {
    use api_client_secret::Column;
    let mut update = api_client_secret::Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(end))
        .filter(Column::ClientId.eq(client));
    update =
        if only_open { update.filter(Column::ExpiresAt.is_null()) } else { update.filter(Column::ExpiresAt.gt(end)) };
    update.exec(db).await?;
    Ok(())
}

/// The secrets of these clients, the newest first.
pub async fn secrets(
    db: &impl ConnectionTrait,
    scope: &Scope,
    clients: &[ApiClientId],
) -> Result<Vec<api_client_secret::Model>> {
    use api_client_secret::Column;
    Ok(api_client_secret::Entity::within(scope)
        .filter(Column::ClientId.is_in(clients.iter().copied()))
        .order_by_desc(Column::Id)
        .all(db)
        .await?)
}

pub async fn mark_used(db: &impl ConnectionTrait, secret: ApiClientSecretId, now: DateTime<Utc>) -> Result<()> {
    use api_client_secret::Column;
    api_client_secret::Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now))
        .filter(Column::Id.eq(secret))
        .exec(db)
        .await?;
    Ok(())
}
