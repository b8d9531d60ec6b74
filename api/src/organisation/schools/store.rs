//! The SQL of schools.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, ClusterId, SchoolId};
use glans_entity::organisation::school::{ActiveModel, Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use super::rules::Key;
use super::types::{OrderDirection, SchoolFilter, SchoolOrder, SchoolOrderField};
use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::taken_or_id;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

const CODE_TAKEN: &str = "Another school of this board has this BRIN and location code.";

/// Whose schools.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    Everything,
    Board(BoardId),
    Cluster(ClusterId),
}

/// The school, if it is in sight.
pub async fn by_id(db: &impl ConnectionTrait, scope: &Scope, id: SchoolId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).one(db).await?)
}

/// The schools in sight with these ids.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[SchoolId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The one school in sight that `key` means. None where several match.
pub async fn by_key(db: &impl ConnectionTrait, scope: &Scope, key: Key<'_>) -> Result<Option<Model>> {
    let mut select = Entity::within(scope);
    match key {
        Key::Id(id) => select = select.filter(Column::Id.is_in(id)),
        Key::Code(brin, location) => {
            select = select.filter(Column::Brin.eq(brin));
            if let Some(location) = location {
                select = select.filter(Column::LocationCode.eq(location));
            }
        }
    }
    let mut found = select.limit(2).all(db).await?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// As [`by_id`], and nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: SchoolId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// The order of a list of which none is asked.
const BY_NAME: By<Entity, String> = Order {
    name: "school.name",
    columns: (Column::Name, Column::Id),
    key: |row: &Model| (row.name.clone(), row.id.0),
    descending: false,
};

listed!(Model, BY_NAME);

/// One page of the schools of `of` that pass `filter`.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    of: Of,
    filter: &SchoolFilter,
    order: SchoolOrder,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    let mut select = filtered(Entity::within(scope), filter);
    match of {
        Of::Everything => {}
        Of::Board(board) => select = select.filter(Column::BoardId.eq(board)),
        Of::Cluster(cluster) => select = select.filter(Column::ClusterId.eq(cluster)),
    }
    let descending = order.direction == OrderDirection::Desc;
    match order.field {
        SchoolOrderField::Name => {
            let name = if descending { "school.name.desc" } else { BY_NAME.name };
            page::rows(db, select, &Order { name, descending, ..BY_NAME }, args).await
        }
        SchoolOrderField::CreatedAt => {
            let name = if descending { "school.createdAt.desc" } else { "school.createdAt" };
            let key = |row: &Model| (row.created_at, row.id.0);
            let columns = (Column::CreatedAt, Column::Id);
            page::rows(db, select, &Order { name, columns, key, descending }, args).await
        }
    }
}

fn filtered(mut select: Select<Entity>, filter: &SchoolFilter) -> Select<Entity> {
    if let Some(cluster) = &filter.cluster {
        // An id that is none matches nothing, like that of a cluster out of sight.
        select = select.filter(Column::ClusterId.is_in(cluster.parse::<ClusterId>().ok()));
    }
    if !filter.include_archived.unwrap_or_default() {
        select = select.filter(Column::ArchivedAt.is_null());
    }
    select
}

/// Whether the cluster has a school that is in use.
pub async fn any_open_in(db: &impl ConnectionTrait, scope: &Scope, cluster: ClusterId) -> Result<bool> {
    let open = Entity::within(scope).filter(Column::ClusterId.eq(cluster)).filter(Column::ArchivedAt.is_null());
    Ok(open.limit(1).one(db).await?.is_some())
}

/// All schools in sight that are in use, by name.
pub async fn all_open(db: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Model>> {
    let open = Entity::within(scope).filter(Column::ArchivedAt.is_null());
    Ok(open.order_by_asc(Column::Name).order_by_asc(Column::Id).all(db).await?)
}

/// Inserts a school.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken_or_id("brin", CODE_TAKEN))
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
    row.update(db).await.map_err(taken("brin", CODE_TAKEN))
}
