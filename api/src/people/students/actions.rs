//! What can be done with a student.

use async_graphql::ID;
use glans_entity::ids::StudentId;
use glans_entity::people::student::Model;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::rules::Leaving;
use super::types::{StudentCreateInput, StudentLeaveInput, StudentUpdateInput};
use super::{rules, store};
use crate::access::{Action, Permit, Place};
use crate::audit;
use crate::call::Write;
use crate::organisation::{in_use, schools};
use crate::people::{enrolments, guardianships, places};
use crate::platform::error::{Result, check_version, not_found};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

pub(super) async fn create(write: &Write<'_>, input: StudentCreateInput) -> Result<Model> {
    let school = input.school.parse().map_err(|_| not_found("school"))?;
    let school = schools::store::by_id(write.db(), &write.scope(), school).await?.ok_or_else(|| not_found("school"))?;
    let permit = write.authorize(Action::StudentWrite, Place::from(&school))?;
    let mut checks = Checks::default();
    checks.heed(in_use(school.archived_at, "school"))?;
    let id = checks.own_id(input.id.as_ref(), StudentId::new);
    let details = checks.heed(rules::details(&input.display_name, input.number.as_deref()))?;
    let groups = input.class_groups.unwrap_or_default();
    let groups = checks.heed(enrolments::actions::wanted(write, school.id, &groups, &[]).await)?;
    let (details, groups) = checks.all(details.zip(groups))?;
    let id = id.free(write.db(), &permit).await?;
    let row = Model {
        id,
        board_id: school.board_id,
        school_id: school.id,
        display_name: details.display_name,
        number: details.number,
        source_id: None,
        left_on: None,
        erased_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let student = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("student.created", student.id)).await?;
    enrolments::actions::put(write, &permit, &student, &groups).await?;
    Ok(student)
}

pub(super) async fn update(write: &Write<'_>, input: StudentUpdateInput) -> Result<Model> {
    let (student, permit) = lock(write, &input.id).await?;
    check_version(&student, student.version, input.if_version)?;
    let name = input.display_name.as_deref().unwrap_or(&student.display_name);
    let number = input.number.as_opt_ref().unwrap_or(student.number.as_ref());
    let details = rules::details(name, number.map(String::as_str))?;
    let mut row = student.clone().into_active_model();
    row.display_name.set_ne(details.display_name);
    row.number.set_ne(details.number);
    if !row.is_changed() {
        return Ok(student);
    }
    let student = store::update(write.db(), &permit, row, student.version, write.now()).await?;
    write.emit(&permit, Event::about("student.updated", student.id)).await?;
    Ok(student)
}

/// Places and guardianships last as long as the student stays, and move where another last day is told later.
pub(super) async fn leave(write: &Write<'_>, input: StudentLeaveInput) -> Result<Model> {
    let (student, permit) = lock(write, &input.id).await?;
    check_version(&student, student.version, input.if_version)?;
    let today = write.call().today();
    let last = rules::last_day(input.on.map_or(today, |day| day.0), today)?;
    let leaving = Leaving { last, former: student.left_on };
    let places_moved = enrolments::store::end_all(write, &permit, student.id, leaving).await?;
    let relations_moved = guardianships::store::end_all_of_student(write, &permit, student.id, leaving).await?;
    if student.left_on == Some(last) && !places_moved && !relations_moved {
        return Ok(student);
    }
    let version = student.version;
    let mut row = student.into_active_model();
    row.left_on = Set(Some(last));
    let student = store::update(write.db(), &permit, row, version, write.now()).await?;
    write.rights_change();
    audit::record(write, permit.board(), "student.left", Some(student.id.to_string())).await?;
    write.emit(&permit, Event::about("student.left", student.id)).await?;
    Ok(student)
}

async fn lock(write: &Write<'_>, id: &ID) -> Result<(Model, Permit)> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    let student = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let place = places::of_student(write.db(), write.call().today(), &student).await?;
    let permit = write.authorize(Action::StudentWrite, place)?;
    guardianships::refuse_own_child(write, &permit, &[student.id]).await?;
    Ok((student, permit))
}
