//! The SQL of clusters.

use glans_entity::ids::ClusterId;
use glans_entity::organisation::cluster::{Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use crate::platform::error::Result;

/// The cluster, if it is in sight.
pub async fn by_id(db: &impl ConnectionTrait, scope: &Scope, id: ClusterId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).one(db).await?)
}
