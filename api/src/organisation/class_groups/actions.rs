//! What can be done with a class group.

use async_graphql::ID;
use glans_entity::ids::{BoardId, ClassGroupId, SchoolYearId};
use glans_entity::localized::Strings;
use glans_entity::organisation::class_group::Model;
use glans_entity::organisation::school;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::types::{ClassGroupArchiveInput, ClassGroupCreateInput, ClassGroupUpdateInput};
use super::{rules, store};
use crate::access::{Action, Place};
use crate::call::Write;
use crate::organisation::{in_use, school_years, schools};
use crate::platform::error::{Error, Result, check_version, not_found};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

pub(super) async fn create(write: &Write<'_>, input: ClassGroupCreateInput) -> Result<Model> {
    let school = input.school.parse().map_err(|_| not_found("school"))?;
    let school = schools::store::by_id(write.db(), &write.scope(), school).await?.ok_or_else(|| not_found("school"))?;
    let permit = write.authorize(Action::ClassGroupCreate, Place::from(&school))?;
    let mut checks = Checks::default();
    checks.heed(in_use(school.archived_at, "school"))?;
    let id = checks.own_id(input.id.as_ref(), ClassGroupId::new);
    let year = checks.heed(year(write, school.board_id, &input.school_year).await)?;
    let details = checks.heed(rules::details(&input.name, &input.grades))?;
    let (year, details) = checks.all(year.zip(details))?;
    let id = id.free(write.db(), &permit).await?;
    let row = Model {
        id,
        board_id: school.board_id,
        school_id: school.id,
        school_year_id: year,
        name: details.name,
        grades: Strings(details.grades),
        source_id: None,
        archived_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let group = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("class_group.created", group.id)).await?;
    Ok(group)
}

pub(super) async fn update(write: &Write<'_>, input: ClassGroupUpdateInput) -> Result<Model> {
    let (group, school) = lock(write, &input.id).await?;
    let permit = write.authorize(Action::ClassGroupUpdate, Place::class_group(&group, &school))?;
    check_version(&group, group.version, input.if_version)?;
    in_use(group.archived_at.or(school.archived_at), "id")?;
    let name = input.name.as_deref().unwrap_or(&group.name);
    let details = rules::details(name, input.grades.as_deref().unwrap_or(&group.grades.0))?;
    let mut row = group.clone().into_active_model();
    row.name.set_ne(details.name);
    row.grades.set_ne(Strings(details.grades));
    if !row.is_changed() {
        return Ok(group);
    }
    let group = store::update(write.db(), &permit, row, group.version, write.now()).await?;
    write.emit(&permit, Event::about("class_group.updated", group.id)).await?;
    Ok(group)
}

pub(super) async fn archive(write: &Write<'_>, input: ClassGroupArchiveInput) -> Result<Model> {
    let (group, school) = lock(write, &input.id).await?;
    let permit = write.authorize(Action::ClassGroupArchive, Place::class_group(&group, &school))?;
    if group.archived_at.is_some() {
        return Ok(group);
    }
    check_version(&group, group.version, input.if_version)?;
    let version = group.version;
    let mut row = group.into_active_model();
    row.archived_at = Set(Some(write.now()));
    let group = store::update(write.db(), &permit, row, version, write.now()).await?;
    write.emit(&permit, Event::about("class_group.archived", group.id)).await?;
    Ok(group)
}

/// The school year that the input names: one of the board.
async fn year(write: &Write<'_>, board: BoardId, id: &ID) -> Result<SchoolYearId> {
    let id = id.parse().map_err(|_| not_found("schoolYear"))?;
    let found = school_years::store::by_id(write.db(), &write.scope(), id).await?;
    found.filter(|year| year.board_id == board).map(|year| year.id).ok_or_else(|| not_found("schoolYear"))
}

async fn lock(write: &Write<'_>, id: &ID) -> Result<(Model, school::Model)> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    let group = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let school = schools::store::by_id(write.db(), &write.scope(), group.school_id).await?;
    let school = school.ok_or_else(|| Error::fault("a class group in sight has no school in sight"))?;
    Ok((group, school))
}
