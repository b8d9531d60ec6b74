//! What can be done with the places of a student.

use async_graphql::ID;
use chrono::NaiveDate;
use glans_entity::ids::{ClassGroupId, EnrolmentId, SchoolId};
use glans_entity::people::enrolment::Model;
use glans_entity::people::student;
use glans_entity::scope::Scope;

use super::rules::{self, Moves};
use super::store;
use super::types::EnrolmentSetInput;
use crate::access::{Action, Permit};
use crate::call::Write;
use crate::organisation::{class_groups, in_use, school_in_use};
use crate::people::{guardianships, places, students};
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};
use crate::platform::outbox::Event;

pub(super) async fn set(write: &Write<'_>, input: EnrolmentSetInput) -> Result<student::Model> {
    let id = input.student.parse().map_err(|_| not_found("student"))?;
    let student = students::store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("student"))?;
    let place = places::of_student(write.db(), write.call().today(), &student).await?;
    let permit = write.authorize(Action::StudentWrite, place)?;
    guardianships::refuse_own_child(write, &permit, &[student.id]).await?;
    students::rules::is_here(student.left_on, write.call().today())?;
    // Out of its groups somebody is taken as before.
    if !input.class_groups.is_empty() {
        school_in_use(write, student.school_id, "classGroups").await?;
    }
    // Who is in a group that was closed since is not turned out of it by what is said of the others.
    let places = store::of_students(write.db(), &Scope::system(write.call().today()), &[student.id]).await?;
    let known: Vec<ClassGroupId> = places.into_iter().map(|place| place.class_group_id).collect();
    let wanted = wanted(write, student.school_id, &input.class_groups, &known).await?;
    put(write, &permit, &student, &wanted).await?;
    Ok(student)
}

/// Puts `student` in `groups` from today on, and in no other: groups of [`wanted`]. Who teaches them sees the student from
/// now on. Where that changes nothing, nobody is told.
pub async fn put(write: &Write<'_>, permit: &Permit, student: &student::Model, groups: &[ClassGroupId]) -> Result<()> {
    let today = write.call().today();
    let stored = store::all_of(write.db(), &write.scope(), student.id).await?;
    let moves = rules::moves(stored, groups, today);
    if moves == Moves::default() {
        return Ok(());
    }
    store::drop(write.db(), permit, &moves.drop).await?;
    for (row, starts_on) in moves.open {
        store::set_days(write, permit, row, starts_on, None).await?;
    }
    for (row, last) in moves.end {
        let starts_on = row.starts_on;
        store::set_days(write, permit, row, starts_on, Some(last)).await?;
    }
    let rows = moves.start.into_iter().map(|group| new(write, student, group, today)).collect();
    store::insert(write.db(), permit, rows).await?;
    write.rights_change();
    write.emit(permit, Event::about("student.placed", student.id)).await
}

fn new(write: &Write<'_>, student: &student::Model, group: ClassGroupId, starts_on: NaiveDate) -> Model {
    Model {
        id: EnrolmentId::new(),
        board_id: student.board_id,
        student_id: student.id,
        class_group_id: group,
        starts_on,
        ends_on: None,
        source_id: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    }
}

/// The groups that an input names: in sight, of the student's school, and in use or among the `known` ones, in which the
/// student is.
pub async fn wanted(
    write: &Write<'_>,
    school: SchoolId,
    groups: &[ID],
    known: &[ClassGroupId],
) -> Result<Vec<ClassGroupId>> {
    if groups.len() > rules::MOST_GROUPS {
        let message = format!("Choose at most {} class groups.", rules::MOST_GROUPS);
        return Err(refuse(UserErrorCode::LimitReached, "classGroups", message));
    }
    let mut ids: Vec<ClassGroupId> = groups.iter().filter_map(|id| id.parse().ok()).collect();
    let found = class_groups::store::by_ids(write.db(), &write.scope(), &ids).await?;
    let is_there = |id: &ClassGroupId| found.iter().any(|it| it.id == *id && it.school_id == school);
    if ids.len() < groups.len() || !ids.iter().all(is_there) {
        let message = "Choose class groups that are in use in the student's school.";
        return Err(refuse(UserErrorCode::NotFound, "classGroups", message));
    }
    let closed = found.iter().filter(|it| !known.contains(&it.id)).find_map(|it| it.archived_at);
    in_use(closed, "classGroups")?;
    // A group named twice is one place.
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
