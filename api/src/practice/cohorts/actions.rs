//! What can be done with a cohort.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::ID;
use glans_entity::ids::{BoardId, CohortId, LessonId, ProgrammeId, ProgrammeVersionId, SchoolCohortId, SchoolId};
use glans_entity::organisation::school;
use glans_entity::people::{Role, ScopeKind, person};
use glans_entity::practice::{cohort, cohort_school};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::types::{CohortCreateInput, CohortSchoolAddInput, CohortSchoolRemoveInput, CohortUpdateInput};
use super::{rules, store};
use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::identity::memberships::actions::{self as roles, Term};
use crate::identity::memberships::places::Seat;
use crate::organisation::schools;
use crate::people::memberships;
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;
use crate::practice::progress::actions::{self as progress, At};
use crate::practice::succession;
use crate::programme::content::{Content, Part};
use crate::programme::shelf::Shelf;

pub(super) async fn create(write: &Write<'_>, input: CohortCreateInput) -> Result<cohort::Model> {
    let schools = all_schools(write, &input.schools).await?;
    let board = rules::one_board(&schools)?;
    let place = Place { cluster: rules::one_cluster(&schools), ..Place::board(board) };
    let permit = write.authorize(Action::CohortCreate, place)?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), CohortId::new);
    checks.heed(schools.iter().try_for_each(|school| rules::must_be_open(school, "schools")))?;
    let name = checks.heed(rules::name(&input.name))?;
    let edition = checks.heed(latest_edition(write, board, &input.programme).await)?;
    let trainers = checks.heed(trainers(write, board, input.trainers.as_deref().unwrap_or_default()).await)?;
    let ((name, edition), trainers) = checks.all(name.zip(edition).zip(trainers))?;
    let id = id.free(write.db(), &permit).await?;
    let row = cohort::Model {
        id,
        board_id: board,
        name,
        programme_version_id: edition,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let cohort = store::insert(write.db(), &permit, row).await?;
    for school in &schools {
        join(write, &permit, &cohort, school.id).await?;
    }
    let place = Place { cohort: Some(cohort.id), ..Place::board(board) };
    let seat = Seat { kind: ScopeKind::Cohort, id: cohort.id.0, place, archived_at: None };
    for trainer in &trainers {
        roles::appoint(write, &permit, trainer, &seat, Term::at_once(Role::Trainer)).await?;
    }
    write.rights_change();
    write.emit(&permit, Event::about("cohort.created", cohort.id)).await?;
    Ok(cohort)
}

pub(super) async fn update(write: &Write<'_>, input: CohortUpdateInput) -> Result<cohort::Model> {
    let cohort = lock(write, "id", &input.id).await?;
    let permit = authorize(write, &cohort).await?;
    check_version(&cohort, cohort.version, input.if_version)?;
    let name = rules::name(input.name.as_deref().unwrap_or(&cohort.name))?;
    let mut row = cohort.clone().into_active_model();
    row.name.set_ne(name);
    if !row.is_changed() {
        return Ok(cohort);
    }
    let cohort = store::update(write.db(), &permit, row, cohort.version, write.now()).await?;
    write.emit(&permit, Event::about("cohort.updated", cohort.id)).await?;
    Ok(cohort)
}

pub(super) async fn add_school(write: &Write<'_>, input: CohortSchoolAddInput) -> Result<cohort_school::Model> {
    let cohort = lock(write, "cohort", &input.cohort).await?;
    let permit = authorize(write, &cohort).await?;
    let school = one_school(write, &input.school).await?;
    if school.board_id != cohort.board_id {
        return Err(not_found("school"));
    }
    let before = taking_part(write, cohort.id, school.id).await?;
    if before.is_none() {
        // Who brings a school in has it to arrange for; to train the cohort is enough for one that comes back.
        write.authorize(Action::CohortCreate, Place::school(&school))?;
    }
    rules::must_be_open(&school, "school")?;
    let today = write.call().today();
    let joined = match before {
        Some(row) if row.left_on.is_none() => return Ok(row),
        Some(row) => store::set_days(write.db(), &permit, row, (today, None), write.now()).await?,
        None => join(write, &permit, &cohort, school.id).await?,
    };
    write.rights_change();
    progress::refresh(write, &permit, At::School(cohort.id, joined.id)).await?;
    write.emit(&permit, Event::about("cohort.school_added", joined.id)).await?;
    Ok(joined)
}

pub(super) async fn remove_school(write: &Write<'_>, input: CohortSchoolRemoveInput) -> Result<cohort_school::Model> {
    let cohort = lock(write, "cohort", &input.cohort).await?;
    let permit = authorize(write, &cohort).await?;
    let school: SchoolId = input.school.parse().map_err(|_| not_found("school"))?;
    let row = taking_part(write, cohort.id, school).await?.ok_or_else(|| not_found("school"))?;
    if row.left_on.is_some() {
        return Ok(row);
    }
    leave(write, &permit, row).await
}

/// A school that closes leaves its cohorts: what it did stays, and nothing is expected of it any more.
pub async fn leave_all(write: &Write<'_>, permit: &Permit, school: SchoolId) -> Result<()> {
    for row in store::of_schools(write.db(), &write.scope(), &[school]).await? {
        // As wherever something changes in a cohort: what is recorded at this moment comes first.
        store::lock(write.db(), &write.scope(), row.cohort_id).await?;
        if row.left_on.is_none() {
            leave(write, permit, row).await?;
        }
    }
    Ok(())
}

async fn leave(write: &Write<'_>, permit: &Permit, row: cohort_school::Model) -> Result<cohort_school::Model> {
    let days = (row.joined_on, Some(write.call().today()));
    let left = store::set_days(write.db(), permit, row, days, write.now()).await?;
    write.rights_change();
    write.emit(permit, Event::about("cohort.school_removed", left.id)).await?;
    Ok(left)
}

async fn join(
    write: &Write<'_>,
    permit: &Permit,
    cohort: &cohort::Model,
    school: SchoolId,
) -> Result<cohort_school::Model> {
    let row = cohort_school::Model {
        id: SchoolCohortId::new(),
        board_id: cohort.board_id,
        cohort_id: cohort.id,
        school_id: school,
        joined_on: write.call().today(),
        left_on: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    store::insert_school(write.db(), permit, row).await
}

async fn taking_part(write: &Write<'_>, cohort: CohortId, school: SchoolId) -> Result<Option<cohort_school::Model>> {
    let schools = store::schools_of(write.db(), &write.scope(), &[cohort]).await?;
    Ok(schools.into_iter().find(|row| row.school_id == school))
}

/// The cohort, if it is in sight; nobody else changes it until the transaction ends.
pub(in crate::practice) async fn lock(write: &Write<'_>, field: &'static str, id: &ID) -> Result<cohort::Model> {
    let id = id.parse().map_err(|_| not_found(field))?;
    store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found(field))
}

/// The right to change `cohort`, which a director has whose cluster holds all its schools.
pub(in crate::practice) async fn authorize(write: &Write<'_>, cohort: &cohort::Model) -> Result<Permit> {
    let rows = store::schools_of(write.db(), &write.scope(), &[cohort.id]).await?;
    let ids: Vec<SchoolId> = rows.iter().filter(|row| row.left_on.is_none()).map(|row| row.school_id).collect();
    let schools = schools::store::by_ids(write.db(), &write.scope(), &ids).await?;
    let place =
        Place { cohort: Some(cohort.id), cluster: rules::one_cluster(&schools), ..Place::board(cohort.board_id) };
    write.authorize(Action::CohortWrite, place)
}

/// The school in its cohort and the cohort, if they are in sight; nobody else changes the cohort until the transaction
/// ends.
pub(in crate::practice) async fn lock_school(
    write: &Write<'_>,
    field: &'static str,
    id: SchoolCohortId,
) -> Result<(cohort::Model, cohort_school::Model)> {
    let gone = || not_found(field);
    let school = store::schools_by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(gone)?;
    let cohort = store::lock(write.db(), &write.scope(), school.cohort_id).await?.ok_or_else(gone)?;
    // Read again: it may have left while the lock was awaited.
    let school = store::schools_by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(gone)?;
    Ok((cohort, school))
}

/// All schools that are or were in a cohort in sight.
pub(in crate::practice) async fn schools_of(write: &Write<'_>, cohort: CohortId) -> Result<Vec<cohort_school::Model>> {
    store::schools_of(write.db(), &write.scope(), &[cohort]).await
}

/// A school in its cohort, as the place of an act.
pub(in crate::practice) fn place_of(school: &cohort_school::Model) -> Place {
    Place { school: Some(school.school_id), cohort: Some(school.cohort_id), ..Place::board(school.board_id) }
}

/// Refuses for a school that left its cohort, or is closed.
pub(in crate::practice) async fn must_take_part(
    write: &Write<'_>,
    row: &cohort_school::Model,
    field: &'static str,
) -> Result<()> {
    if row.left_on.is_some_and(|left| left <= write.call().today()) {
        return Err(refuse(UserErrorCode::Conflict, field, "This school has left the cohort."));
    }
    let school = schools::store::by_ids(write.db(), &write.scope(), &[row.school_id]).await?.pop();
    rules::must_be_open(&school.ok_or_else(|| not_found(field))?, field)
}

/// The edition that the cohort follows.
pub(in crate::practice) async fn course_of(write: &Write<'_>, cohort: &cohort::Model) -> Result<Arc<Content>> {
    let shelf = Arc::new(Shelf::of(write.call(), write.db()).await?);
    let gone = || Error::fault("the edition of a cohort in sight is out of sight");
    let edition = shelf.edition(cohort.programme_version_id).ok_or_else(gone)?;
    Ok(shelf.open(write.db(), edition).await?.ok_or_else(gone)?.content)
}

/// A lesson of the edition that the cohort follows; of one that it followed before, its successor.
pub(in crate::practice) async fn lesson_of(
    write: &Write<'_>,
    cohort: &cohort::Model,
    field: &'static str,
    id: &ID,
) -> Result<LessonId> {
    let id: LessonId = id.parse().map_err(|_| not_found(field))?;
    let course = course_of(write, cohort).await?;
    if course.place(Part::Lesson(id)).is_some() {
        return Ok(id);
    }
    let successor = succession::store::successor_of(write.db(), &write.scope(), cohort.id, id).await?;
    successor.filter(|id| course.place(Part::Lesson(*id)).is_some()).ok_or_else(|| not_found(field))
}

/// Lets the cohort follow another edition from now on.
pub(in crate::practice) async fn set_edition(
    write: &Write<'_>,
    permit: &Permit,
    cohort: cohort::Model,
    edition: ProgrammeVersionId,
) -> Result<cohort::Model> {
    let version = cohort.version;
    let mut row = cohort.into_active_model();
    row.programme_version_id = Set(edition);
    store::update(write.db(), permit, row, version, write.now()).await
}

/// The schools with these ids, each in sight.
async fn all_schools(write: &Write<'_>, ids: &[ID]) -> Result<Vec<school::Model>> {
    if ids.len() > rules::MOST_SCHOOLS {
        let message = format!("Give at most {} schools.", rules::MOST_SCHOOLS);
        return Err(refuse(UserErrorCode::LimitReached, "schools", message));
    }
    let wanted: Vec<SchoolId> =
        ids.iter().map(|id| id.parse()).collect::<Result<_, _>>().map_err(|_| not_found("schools"))?;
    let found = schools::store::by_ids(write.db(), &write.scope(), &wanted).await?;
    let mut found: HashMap<SchoolId, school::Model> = found.into_iter().map(|school| (school.id, school)).collect();
    if !wanted.iter().all(|id| found.contains_key(id)) {
        return Err(not_found("schools"));
    }
    // In the order given, each once.
    Ok(wanted.iter().filter_map(|id| found.remove(id)).collect())
}

async fn one_school(write: &Write<'_>, id: &ID) -> Result<school::Model> {
    let id = id.parse().map_err(|_| not_found("school"))?;
    let school = schools::store::by_ids(write.db(), &write.scope(), &[id]).await?.pop();
    school.ok_or_else(|| not_found("school"))
}

/// The edition of the programme that everybody in `board` reads now.
async fn latest_edition(write: &Write<'_>, board: BoardId, programme: &ID) -> Result<ProgrammeVersionId> {
    let id: ProgrammeId = programme.parse().map_err(|_| not_found("programme"))?;
    let shelf = Arc::new(Shelf::of(write.call(), write.db()).await?);
    let edition = shelf.current(id).filter(|edition| edition.board_id.is_none_or(|owner| owner == board));
    let edition =
        edition.filter(|edition| shelf.reading(edition.board_id).tree).ok_or_else(|| not_found("programme"))?;
    match edition.published_at {
        Some(_) => Ok(edition.id),
        None => Err(refuse(UserErrorCode::Conflict, "programme", "Publish this course first.")),
    }
}

/// Persons in sight who train for `board`.
async fn trainers(write: &Write<'_>, board: BoardId, ids: &[ID]) -> Result<Vec<person::Model>> {
    let mut found = Vec::new();
    for id in ids {
        let id = id.parse().map_err(|_| not_found("trainers"))?;
        let person = roles::present(write, id, "trainers").await?.filter(|person| person.board_id == board);
        found.push(person.ok_or_else(|| not_found("trainers"))?);
    }
    let persons: Vec<_> = found.iter().map(|person| person.id).collect();
    let held = memberships::store::of_persons(write.db(), &write.scope(), &persons).await?;
    let trains = |person: &person::Model| {
        held.iter().any(|it| {
            let trains = it.role == Role::Trainer && it.scope_kind == ScopeKind::Board;
            trains && it.person_id == person.id && it.scope_id == board.0
        })
    };
    if found.iter().all(trains) {
        return Ok(found);
    }
    let message = "Give persons with the role TRAINER in the board. An administrator grants it with `membershipGrant`.";
    Err(refuse(UserErrorCode::Invalid, "trainers", message))
}
