//! What can be done with a school.

use async_graphql::ID;
use glans_entity::ids::{BoardId, ClusterId, SchoolId};
use glans_entity::organisation::school::Model;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::inputs::{SchoolArchiveInput, SchoolCreateInput, SchoolMoveInput, SchoolUpdateInput};
use super::{rules, store};
use crate::access::{Action, Place};
use crate::call::Write;
use crate::organisation::{boards, clusters, in_use};
use crate::platform::error::{Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;
use crate::practice::cohorts;

pub(super) async fn create(write: &Write<'_>, input: SchoolCreateInput) -> Result<Model> {
    let board = input.board.parse().map_err(|_| not_found("board"))?;
    let board = boards::store::by_id(write.db(), &write.scope(), board).await?.ok_or_else(|| not_found("board"))?;
    let permit = write.authorize(Action::SchoolCreate, Place::from(&board))?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), SchoolId::new);
    let cluster = checks.heed(cluster(write, board.id, input.cluster.as_ref()).await)?;
    let details = checks.heed(rules::details(&input.name, input.city.as_deref()))?;
    let code = checks.heed(rules::register_code(input.brin.as_deref(), input.location_code.as_deref()))?;
    let (cluster, (details, code)) = checks.all(cluster.zip(details.zip(code)))?;
    let id = id.free(write.db(), &permit).await?;
    let row = Model { id, ..new(write, board.id, cluster, details, code) };
    let school = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("school.created", school.id)).await?;
    Ok(school)
}

fn new(
    write: &Write<'_>,
    board_id: BoardId,
    cluster_id: Option<ClusterId>,
    details: rules::Details,
    code: Option<(String, String)>,
) -> Model {
    let (brin, location_code) = code.unzip();
    Model {
        id: SchoolId::new(),
        board_id,
        cluster_id,
        name: details.name,
        registered_name: None,
        brin,
        location_code,
        street: None,
        house_number: None,
        postcode: None,
        city: details.city,
        phone: None,
        website: None,
        denomination: None,
        holiday_region: None,
        pupil_count: None,
        source_id: None,
        archived_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    }
}

pub(super) async fn update(write: &Write<'_>, input: SchoolUpdateInput) -> Result<Model> {
    let school = lock(write, &input.id).await?;
    let permit = write.authorize(Action::SchoolUpdate, Place::from(&school))?;
    check_version(&school, school.version, input.if_version)?;
    let name = input.name.as_deref().unwrap_or(&school.name);
    let city = input.city.as_opt_ref().unwrap_or(school.city.as_ref());
    in_use(school.archived_at, "id")?;
    let details = rules::details(name, city.map(String::as_str))?;
    let mut row = school.clone().into_active_model();
    row.name.set_ne(details.name);
    row.city.set_ne(details.city);
    if !row.is_changed() {
        return Ok(school);
    }
    let school = store::update(write.db(), &permit, row, school.version, write.now()).await?;
    write.emit(&permit, Event::about("school.updated", school.id)).await?;
    Ok(school)
}

/// Rights and sight follow the cluster, so they are worked out anew.
pub(super) async fn relocate(write: &Write<'_>, input: SchoolMoveInput) -> Result<Model> {
    let school = lock(write, &input.id).await?;
    let permit = write.authorize(Action::SchoolMove, Place::from(&school))?;
    check_version(&school, school.version, input.if_version)?;
    in_use(school.archived_at, "id")?;
    let wanted = input.cluster.as_opt_ref().ok_or_else(|| {
        refuse(UserErrorCode::Required, "cluster", "Say to which cluster the school goes; null is to none.")
    })?;
    let cluster = cluster(write, school.board_id, wanted).await?;
    if cluster == school.cluster_id {
        return Ok(school);
    }
    let version = school.version;
    let mut row = school.into_active_model();
    row.cluster_id = Set(cluster);
    let school = store::update(write.db(), &permit, row, version, write.now()).await?;
    write.rights_change();
    write.emit(&permit, Event::about("school.moved", school.id)).await?;
    Ok(school)
}

pub(super) async fn archive(write: &Write<'_>, input: SchoolArchiveInput) -> Result<Model> {
    let school = lock(write, &input.id).await?;
    let permit = write.authorize(Action::SchoolArchive, Place::from(&school))?;
    if school.archived_at.is_some() {
        return Ok(school);
    }
    check_version(&school, school.version, input.if_version)?;
    let version = school.version;
    let mut row = school.into_active_model();
    row.archived_at = Set(Some(write.now()));
    let school = store::update(write.db(), &permit, row, version, write.now()).await?;
    cohorts::leave_all(write, &permit, school.id).await?;
    write.emit(&permit, Event::about("school.archived", school.id)).await?;
    Ok(school)
}

async fn lock(write: &Write<'_>, id: &ID) -> Result<Model> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))
}

/// The cluster that the input names: one in sight, of the same board and in use, which nobody closes meanwhile.
async fn cluster(write: &Write<'_>, board: BoardId, id: Option<&ID>) -> Result<Option<ClusterId>> {
    let Some(id) = id else { return Ok(None) };
    let id: ClusterId = id.parse().map_err(|_| not_found("cluster"))?;
    let found = clusters::store::lock_shared(write.db(), &write.scope(), id).await?;
    let found = found.filter(|cluster| cluster.board_id == board).ok_or_else(|| not_found("cluster"))?;
    in_use(found.archived_at, "cluster")?;
    Ok(Some(found.id))
}
