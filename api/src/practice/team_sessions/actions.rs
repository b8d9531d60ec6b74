//! What can be done with a team session.

use async_graphql::ID;
use chrono::{DateTime, Utc};
use glans_entity::ids::{LessonId, TeamSessionId};
use glans_entity::people::Role;
use glans_entity::practice::{OccasionStatus, cohort, cohort_school, team_session};
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::store;
use super::types::{TeamSessionCancelInput, TeamSessionPlanInput, TeamSessionRecordInput, TeamSessionUpdateInput};
use crate::access::{Action, Permit};
use crate::call::Write;
use crate::platform::error::{Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;
use crate::practice::cohorts::actions as cohorts;
use crate::practice::occasions::attendance::{Roll, take};
use crate::practice::occasions::store::{self as attendance, Where};
use crate::practice::occasions::{Occasion, times};
use crate::practice::progress::actions::{self as progress, At};

pub(super) async fn plan(write: &Write<'_>, input: TeamSessionPlanInput) -> Result<team_session::Model> {
    let school = input.school_cohort.parse().map_err(|_| not_found("schoolCohort"))?;
    let (cohort, school) = cohorts::lock_school(write, "schoolCohort", school).await?;
    let permit = write.authorize(Action::TeamSessionWrite, cohorts::place_of(&school))?;
    cohorts::must_take_part(write, &school, "schoolCohort").await?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), TeamSessionId::new);
    let lesson = checks.heed(cohorts::lesson_of(write, &cohort, "lesson", &input.lesson).await)?;
    let hours = checks.heed(times::hours(input.starts_at.0, input.ends_at.0))?;
    let location = checks.heed(times::location(input.location.as_deref()))?;
    let ((lesson, (starts_at, ends_at)), location) = checks.all(lesson.zip(hours).zip(location))?;
    let id = id.free(write.db(), &permit).await?;
    must_be_prepared(write, &school, lesson, starts_at, "lesson").await?;
    let row = team_session::Model {
        id,
        board_id: cohort.board_id,
        cohort_id: cohort.id,
        cohort_school_id: school.id,
        school_id: school.school_id,
        lesson_id: lesson,
        starts_at,
        ends_at,
        location,
        status: OccasionStatus::Planned,
        notes: None,
        recorded_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let session = store::insert(write.db(), &permit, row).await?;
    done(write, &permit, &session, "team_session.planned").await?;
    Ok(session)
}

pub(super) async fn update(write: &Write<'_>, input: TeamSessionUpdateInput) -> Result<team_session::Model> {
    let (session, school, permit) = permitted(write, &input.id).await?;
    check_version(&session, session.version, input.if_version)?;
    cohorts::must_take_part(write, &school, "id").await?;
    if session.status != OccasionStatus::Planned {
        let message = "This session was held or cancelled. Plan a new one.";
        return Err(refuse(UserErrorCode::Conflict, "id", message));
    }
    let planned = (session.starts_at, session.ends_at);
    let (new_start, new_end) = (input.starts_at.map(|at| at.0), input.ends_at.map(|at| at.0));
    let (starts_at, ends_at) = times::moved(planned, new_start, new_end)?;
    if starts_at != session.starts_at {
        must_be_prepared(write, &school, session.lesson_id, starts_at, "startsAt").await?;
    }
    let location = times::relocated(&input.location, session.location.as_deref())?;
    let mut row = session.clone().into_active_model();
    row.starts_at.set_ne(starts_at);
    row.ends_at.set_ne(ends_at);
    row.location.set_ne(location);
    if !row.is_changed() {
        return Ok(session);
    }
    let session = store::update(write.db(), &permit, row, session.version, write.now()).await?;
    done(write, &permit, &session, "team_session.moved").await?;
    Ok(session)
}

pub(super) async fn record(write: &Write<'_>, input: TeamSessionRecordInput) -> Result<team_session::Model> {
    let (session, _, permit) = permitted(write, &input.id).await?;
    check_version(&session, session.version, input.if_version)?;
    if session.status == OccasionStatus::Cancelled {
        return Err(refuse(UserErrorCode::Conflict, "id", "This session is cancelled. Plan a new one."));
    }
    times::must_have_begun(session.starts_at, write.now())?;
    let roll = roll(write, &session).await?;
    let entries = take(&roll, &input.attendance, session.status == OccasionStatus::Planned)?;
    let notes = times::notes(input.notes.as_deref().or(session.notes.as_deref()))?;
    let occasion = Occasion::TeamSession(session.id);
    let at = Where { board: session.board_id, cohort: session.cohort_id, occasion };
    attendance::record(write.db(), &permit, at, entries, write.now()).await?;
    let version = session.version;
    let recorded_at = session.recorded_at.or(Some(write.now()));
    let mut row = session.into_active_model();
    (row.status, row.notes, row.recorded_at) = (Set(OccasionStatus::Held), Set(notes), Set(recorded_at));
    let session = store::update(write.db(), &permit, row, version, write.now()).await?;
    done(write, &permit, &session, "team_session.recorded").await?;
    Ok(session)
}

pub(super) async fn cancel(write: &Write<'_>, input: TeamSessionCancelInput) -> Result<team_session::Model> {
    let (session, _, permit) = permitted(write, &input.id).await?;
    if session.status == OccasionStatus::Cancelled {
        return Ok(session);
    }
    check_version(&session, session.version, input.if_version)?;
    if session.status == OccasionStatus::Held {
        let message = "This session was held: it cannot be cancelled any more.";
        return Err(refuse(UserErrorCode::Conflict, "id", message));
    }
    let version = session.version;
    let mut row = session.into_active_model();
    row.status = Set(OccasionStatus::Cancelled);
    let session = store::update(write.db(), &permit, row, version, write.now()).await?;
    done(write, &permit, &session, "team_session.cancelled").await?;
    Ok(session)
}

/// A session that is still to come takes a meeting before it that prepares the lesson.
async fn must_be_prepared(
    write: &Write<'_>,
    school: &cohort_school::Model,
    lesson: LessonId,
    starts_at: DateTime<Utc>,
    field: &'static str,
) -> Result<()> {
    if starts_at <= write.now() || progress::is_prepared_before(write, school, lesson, starts_at).await? {
        return Ok(());
    }
    let message =
        "No meeting prepares this lesson before the session. Plan it later, or ask the trainer for a meeting.";
    Err(refuse(UserErrorCode::Conflict, field, message))
}

/// The session, its school in the cohort, and the right to change it. The cohort is locked first, as everywhere.
async fn permitted(write: &Write<'_>, id: &ID) -> Result<(team_session::Model, cohort_school::Model, Permit)> {
    let id: TeamSessionId = id.parse().map_err(|_| not_found("id"))?;
    let session = store::by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(|| not_found("id"))?;
    let (_, school): (cohort::Model, cohort_school::Model) =
        cohorts::lock_school(write, "id", session.cohort_school_id).await?;
    let permit = write.authorize(Action::TeamSessionWrite, cohorts::place_of(&school))?;
    let session = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    Ok((session, school, permit))
}

/// The team on the day of the session; leaders, and who works at the school today, may have been there as well.
async fn roll(write: &Write<'_>, session: &team_session::Model) -> Result<Roll> {
    let scope = Scope::system(write.call().today());
    let schools = [session.school_id];
    let that_day = attendance::staff(write.db(), &scope, &schools, session.starts_at).await?;
    let today = attendance::staff(write.db(), &scope, &schools, write.now()).await?;
    let teachers = that_day.iter().filter(|(role, _)| *role == Role::Teacher);
    Ok(Roll {
        expected: teachers.map(|(_, seat)| *seat).collect(),
        guests: that_day.iter().chain(&today).map(|(_, seat)| *seat).collect(),
    })
}

async fn done(write: &Write<'_>, permit: &Permit, session: &team_session::Model, event: &'static str) -> Result<()> {
    progress::refresh(write, permit, At::School(session.cohort_id, session.cohort_school_id)).await?;
    write.emit(permit, Event::about(event, session.id).by(permit.person())).await
}
