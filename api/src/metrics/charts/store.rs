//! The SQL of charts.

use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::Level;
use glans_entity::organisation::{board, class_group, cluster, school};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::asked::Site;
use crate::platform::error::Result;

/// What a place is called. Ask only after its figures were read: they are for who may see figures of it.
#[expect(clippy::disallowed_methods, reason = "who sees figures of a place knows what it is called")]
pub(super) async fn name(db: &impl ConnectionTrait, site: Site) -> Result<Option<String>> {
    Ok(match site.level {
        Level::Board => board::Entity::find_by_id(BoardId(site.id)).one(db).await?.map(|row| row.name),
        Level::Cluster => cluster::Entity::find_by_id(ClusterId(site.id)).one(db).await?.map(|row| row.name),
        Level::School => school::Entity::find_by_id(SchoolId(site.id)).one(db).await?.map(|row| row.name),
        Level::ClassGroup => class_group::Entity::find_by_id(ClassGroupId(site.id)).one(db).await?.map(|row| row.name),
    })
}
