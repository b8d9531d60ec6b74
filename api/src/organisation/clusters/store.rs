//! The SQL of clusters.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, ClusterId};
use glans_entity::organisation::cluster::{ActiveModel, Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QuerySelect,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::taken_or_id;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

const NAME_TAKEN: &str = "Another cluster of this board has this name.";

/// The cluster, if it is in sight.
pub async fn by_id(db: &impl ConnectionTrait, scope: &Scope, id: ClusterId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).one(db).await?)
}

/// The clusters in sight with these ids.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[ClusterId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// As [`by_id`], and nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: ClusterId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// As [`by_id`], and nobody changes it until the transaction ends. Others may hold it as well.
pub async fn lock_shared(db: &impl ConnectionTrait, scope: &Scope, id: ClusterId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_shared().one(db).await?)
}

const BY_NAME: By<Entity, String> = Order {
    name: "cluster.name",
    columns: (Column::Name, Column::Id),
    key: |row: &Model| (row.name.clone(), row.id.0),
    descending: false,
};

listed!(Model, BY_NAME);

/// One page of the clusters of `board`, or of all boards in sight, by name.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: Option<BoardId>,
    include_archived: bool,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    let mut select = Entity::within(scope);
    if let Some(board) = board {
        select = select.filter(Column::BoardId.eq(board));
    }
    if !include_archived {
        select = select.filter(Column::ArchivedAt.is_null());
    }
    page::rows(db, select, &BY_NAME, args).await
}

/// Inserts a cluster.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken_or_id("name", NAME_TAKEN))
}

/// Stores the changed fields of `row` as its next version.
pub async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    row.update(db).await.map_err(taken("name", NAME_TAKEN))
}
