//! Telling anew how far lessons are, and the decisions that no occasion tells.

use std::collections::HashMap;

use async_graphql::ID;
use chrono::{DateTime, Utc};
use glans_entity::ids::{CohortId, LessonId, LessonMarkId, SchoolCohortId};
use glans_entity::practice::{LessonStatus, MarkKind, cohort_school, lesson_mark, lesson_progress};
use glans_entity::scope::Scope;
use serde_json::json;

pub use super::store::At;
use super::{rules, store};
use crate::access::Permit;
use crate::call::Write;
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};
use crate::platform::outbox::Event;
use crate::practice::cohorts::actions as cohorts;

/// Tells anew how far the lessons are there, stores what changed, and wakes those who follow the cohort.
///
/// The caller holds the lock of the cohort, so that changes are kept in the order in which they are committed. The
/// history is read whole, whatever the caller may see of it.
pub async fn refresh(write: &Write<'_>, permit: &Permit, at: At) -> Result<()> {
    let scope = Scope::system(write.call().today());
    let history = store::history(write.db(), &scope, at).await?;
    let told = history.progress();
    let key = |row: &lesson_progress::Model| (row.cohort_school_id, row.lesson_id);
    let mut stored: HashMap<_, _> =
        store::stored(write.db(), &scope, at).await?.into_iter().map(|row| (key(&row), row)).collect();
    stored.retain(|(school, _), _| history.schools.iter().any(|there| there.id == *school));
    let mut changed = Vec::new();
    for row in told {
        let before = stored.remove(&key(&row));
        let nothing_yet = before.is_none() && row.status == LessonStatus::NotStarted && row.due_at.is_none();
        if before.as_ref() != Some(&row) && !nothing_yet {
            emit(write, permit, before.as_ref(), &row).await?;
            changed.push(row);
        }
    }
    for (school, lesson) in stored.into_keys() {
        store::forget(write.db(), permit, school, lesson).await?;
    }
    tell(write, permit, at.cohort(), changed).await
}

/// What is stored of how far the lessons are there, whatever the caller may see of it.
pub async fn stored(write: &Write<'_>, at: At) -> Result<Vec<lesson_progress::Model>> {
    store::stored(write.db(), &Scope::system(write.call().today()), at).await
}

/// Stores that lessons of `cohort` are that far, and tells those who follow it.
pub async fn tell(
    write: &Write<'_>,
    permit: &Permit,
    cohort: CohortId,
    rows: Vec<lesson_progress::Model>,
) -> Result<()> {
    if !rows.is_empty() {
        store::set(write.db(), permit, &rows, write.now()).await?;
        write.wake(cohort);
    }
    Ok(())
}

/// Whether the school has prepared the lesson, or a meeting before `moment` is to prepare it.
pub async fn is_prepared_before(
    write: &Write<'_>,
    school: &cohort_school::Model,
    lesson: LessonId,
    moment: DateTime<Utc>,
) -> Result<bool> {
    let scope = Scope::system(write.call().today());
    let history = store::history(write.db(), &scope, At::School(school.cohort_id, school.id)).await?;
    Ok(history.is_prepared_before(school.school_id, lesson, moment))
}

/// Tells the outside that a lesson got as far as this. That it is taught is told whatever else became of it at once: where an
/// experience was shared before, it is reflected by then. It is not told when it only falls back to that.
async fn emit(
    write: &Write<'_>,
    permit: &Permit,
    before: Option<&lesson_progress::Model>,
    row: &lesson_progress::Model,
) -> Result<()> {
    let was = before.map_or(LessonStatus::NotStarted, |before| before.status);
    if was == row.status {
        return Ok(());
    }
    let payload = json!({ "schoolCohort": row.cohort_school_id, "school": row.school_id, "lesson": row.lesson_id });
    if rules::is_completed(row.status) && !rules::is_completed(was) {
        write.emit(permit, Event { kind: "lesson.taught", payload: payload.clone() }).await?;
    }
    let kind = match row.status {
        LessonStatus::Prepared => "lesson.prepared",
        LessonStatus::Discussed => "lesson.discussed",
        LessonStatus::Skipped => "lesson.skipped",
        _ => return Ok(()),
    };
    write.emit(permit, Event { kind, payload }).await
}

/// What is marked at which school.
pub(super) struct Marked<'i> {
    pub(super) school_cohort: &'i ID,
    pub(super) lesson: &'i ID,
    pub(super) reason: &'i str,
}

/// The school in its cohort whose lesson was marked, and the lesson.
pub(super) type Done = (cohort_school::Model, LessonId);

pub(super) async fn skip(write: &Write<'_>, input: Marked<'_>) -> Result<Done> {
    mark(write, input, MarkKind::Skipped).await
}

pub(super) async fn reopen(write: &Write<'_>, input: Marked<'_>) -> Result<Done> {
    mark(write, input, MarkKind::Reopened).await
}

async fn mark(write: &Write<'_>, input: Marked<'_>, kind: MarkKind) -> Result<Done> {
    let id: SchoolCohortId = input.school_cohort.parse().map_err(|_| not_found("schoolCohort"))?;
    let (cohort, school) = cohorts::lock_school(write, "schoolCohort", id).await?;
    let permit = cohorts::authorize(write, &cohort).await?;
    cohorts::must_take_part(write, &school, "schoolCohort").await?;
    let lesson = cohorts::lesson_of(write, &cohort, "lesson", input.lesson).await?;
    let at = At::School(cohort.id, school.id);
    let stored = stored(write, at).await?;
    let status = stored.iter().find(|row| row.lesson_id == lesson).map_or(LessonStatus::NotStarted, |row| row.status);
    match (kind, status) {
        (MarkKind::Skipped, LessonStatus::Skipped) => return Ok((school, lesson)),
        (MarkKind::Reopened, status) if status < LessonStatus::Reflected => {
            let message = "Only a lesson that is reflected, discussed or skipped can be taken up again.";
            return Err(refuse(UserErrorCode::Conflict, "lesson", message));
        }
        _ => {}
    }
    let row = lesson_mark::Model {
        id: LessonMarkId::new(),
        board_id: school.board_id,
        cohort_id: cohort.id,
        cohort_school_id: school.id,
        school_id: school.school_id,
        lesson_id: lesson,
        kind,
        reason: rules::reason(input.reason)?,
        made_by: permit.person(),
        made_at: write.now(),
    };
    store::insert_mark(write.db(), &permit, row).await?;
    refresh(write, &permit, at).await?;
    Ok((school, lesson))
}
