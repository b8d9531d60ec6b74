//! What can be done with a cluster.

use async_graphql::ID;
use glans_entity::ids::ClusterId;
use glans_entity::organisation::cluster::Model;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::types::{ClusterArchiveInput, ClusterCreateInput, ClusterUpdateInput};
use super::{rules, store};
use crate::access::{Action, Place};
use crate::call::Write;
use crate::organisation::{boards, in_use, schools};
use crate::platform::error::{Result, check_version, not_found};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

pub(super) async fn create(write: &Write<'_>, input: ClusterCreateInput) -> Result<Model> {
    let board = input.board.parse().map_err(|_| not_found("board"))?;
    let board = boards::store::by_id(write.db(), &write.scope(), board).await?.ok_or_else(|| not_found("board"))?;
    let permit = write.authorize(Action::ClusterCreate, Place::from(&board))?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), ClusterId::new);
    let name = checks.with(rules::name(&input.name))?;
    let id = id.free(write.db(), &permit).await?;
    let row = Model {
        id,
        board_id: board.id,
        name,
        source_id: None,
        archived_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let cluster = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("cluster.created", cluster.id)).await?;
    Ok(cluster)
}

pub(super) async fn update(write: &Write<'_>, input: ClusterUpdateInput) -> Result<Model> {
    let cluster = lock(write, &input.id).await?;
    let permit = write.authorize(Action::ClusterUpdate, Place::from(&cluster))?;
    check_version(&cluster, cluster.version, input.if_version)?;
    in_use(cluster.archived_at, "id")?;
    let name = rules::name(input.name.as_deref().unwrap_or(&cluster.name))?;
    let mut row = cluster.clone().into_active_model();
    row.name.set_ne(name);
    if !row.is_changed() {
        return Ok(cluster);
    }
    let cluster = store::update(write.db(), &permit, row, cluster.version, write.now()).await?;
    write.emit(&permit, Event::about("cluster.updated", cluster.id)).await?;
    Ok(cluster)
}

pub(super) async fn archive(write: &Write<'_>, input: ClusterArchiveInput) -> Result<Model> {
    let cluster = lock(write, &input.id).await?;
    let permit = write.authorize(Action::ClusterArchive, Place::from(&cluster))?;
    if cluster.archived_at.is_some() {
        return Ok(cluster);
    }
    check_version(&cluster, cluster.version, input.if_version)?;
    rules::may_close(schools::store::any_open_in(write.db(), &write.scope(), cluster.id).await?)?;
    let version = cluster.version;
    let mut row = cluster.into_active_model();
    row.archived_at = Set(Some(write.now()));
    let cluster = store::update(write.db(), &permit, row, version, write.now()).await?;
    write.emit(&permit, Event::about("cluster.archived", cluster.id)).await?;
    Ok(cluster)
}

async fn lock(write: &Write<'_>, id: &ID) -> Result<Model> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))
}
