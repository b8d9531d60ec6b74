//! The SQL of how far lessons are.

use chrono::{DateTime, Utc};
use glans_entity::ids::{CohortId, LessonId, SchoolCohortId};
use glans_entity::practice::{
    attendance, cohort_school, experience, lesson_event, lesson_mark, lesson_progress, meeting, meeting_lesson,
    team_session,
};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::history::History;
use crate::access::Permit;
use crate::platform::error::{Error, Result};

/// Rows in one statement: SQLite takes 32,766 values.
const BATCH: usize = 500;
/// Changes that are read at once for who follows.
const EVENTS_AT_ONCE: u64 = 100;

/// Which schools of a cohort.
#[derive(Clone, Copy, Debug)]
pub enum At {
    Cohort(CohortId),
    School(CohortId, SchoolCohortId),
}

impl At {
    fn filter<C: ColumnTrait>(self, cohort: C, school: C) -> Condition {
        match self {
            Self::Cohort(id) => Condition::all().add(cohort.eq(id)),
            Self::School(of, id) => Condition::all().add(cohort.eq(of)).add(school.eq(id)),
        }
    }

    /// Their cohort.
    pub fn cohort(self) -> CohortId {
        match self {
            Self::Cohort(id) | Self::School(id, _) => id,
        }
    }
}

/// What happened there.
pub async fn history(db: &impl ConnectionTrait, scope: &Scope, at: At) -> Result<History> {
    let cohort = at.cohort();
    let meetings = meeting::Entity::within(scope).filter(meeting::Column::CohortId.eq(cohort));
    let lessons = meeting_lesson::Entity::within(scope).filter(meeting_lesson::Column::CohortId.eq(cohort));
    let attended = attendance::Entity::within(scope)
        .filter(attendance::Column::CohortId.eq(cohort))
        .filter(attendance::Column::MeetingId.is_not_null())
        .filter(attendance::Column::RecordedAt.is_not_null());
    // What became of the lessons at a school that left stays as it was then.
    let schools = at
        .filter(cohort_school::Column::CohortId, cohort_school::Column::Id)
        .add(cohort_school::Column::LeftOn.is_null());
    let sessions = at.filter(team_session::Column::CohortId, team_session::Column::CohortSchoolId);
    let shared = at
        .filter(experience::Column::CohortId, experience::Column::CohortSchoolId)
        .add(experience::Column::SharedAt.is_not_null());
    let marks = at.filter(lesson_mark::Column::CohortId, lesson_mark::Column::CohortSchoolId);
    Ok(History {
        schools: cohort_school::Entity::within(scope).filter(schools).all(db).await?,
        meetings: meetings.all(db).await?,
        lessons: lessons.all(db).await?,
        attendance: attended.all(db).await?,
        sessions: team_session::Entity::within(scope).filter(sessions).all(db).await?,
        experiences: experience::Entity::within(scope).filter(shared).all(db).await?,
        marks: lesson_mark::Entity::within(scope).filter(marks).all(db).await?,
    })
}

/// What is stored of how far the lessons are there.
pub async fn stored(db: &impl ConnectionTrait, scope: &Scope, at: At) -> Result<Vec<lesson_progress::Model>> {
    let there = at.filter(lesson_progress::Column::CohortId, lesson_progress::Column::CohortSchoolId);
    Ok(lesson_progress::Entity::within(scope).filter(there).all(db).await?)
}

/// How far the lessons in sight are at these schools.
pub(super) async fn of_schools(
    db: &impl ConnectionTrait,
    scope: &Scope,
    schools: &[SchoolCohortId],
) -> Result<Vec<lesson_progress::Model>> {
    let there = lesson_progress::Column::CohortSchoolId.is_in(schools.iter().copied());
    Ok(lesson_progress::Entity::within(scope).filter(there).all(db).await?)
}

/// Stores `rows` over what is stored of the same lessons and schools, and keeps them for those who follow.
pub(super) async fn set(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    rows: &[lesson_progress::Model],
    now: DateTime<Utc>,
) -> Result<()> {
    use lesson_progress::Column;
    let mut renewed = OnConflict::columns([Column::CohortSchoolId, Column::LessonId]);
    renewed.update_columns([
        Column::Status,
        Column::PreparedAt,
        Column::TaughtAt,
        Column::ReflectedAt,
        Column::DiscussedAt,
        Column::SkippedReason,
        Column::DueAt,
    ]);
    for batch in rows.chunks(BATCH) {
        let events = batch.iter().map(|row| event(row, now)).collect::<Result<Vec<_>>>()?;
        let rows = batch.iter().map(|row| row.clone().into_active_model().reset_all());
        lesson_progress::Entity::insert_many(rows).on_conflict(renewed.clone()).exec_without_returning(db).await?;
        lesson_event::Entity::insert_many(events).exec_without_returning(db).await?;
    }
    Ok(())
}

fn event(row: &lesson_progress::Model, now: DateTime<Utc>) -> Result<lesson_event::ActiveModel> {
    Ok(lesson_event::ActiveModel {
        board_id: Set(row.board_id),
        cohort_id: Set(row.cohort_id),
        cohort_school_id: Set(row.cohort_school_id),
        school_id: Set(row.school_id),
        lesson_id: Set(row.lesson_id),
        progress: Set(serde_json::to_value(row).map_err(Error::fault)?),
        at: Set(now),
        ..Default::default()
    })
}

/// The position after the last change of a cohort in sight.
pub(super) async fn last_event(db: &impl ConnectionTrait, scope: &Scope, cohort: CohortId) -> Result<i64> {
    let last = lesson_event::Entity::within(scope)
        .filter(lesson_event::Column::CohortId.eq(cohort))
        .order_by_desc(lesson_event::Column::Seq)
        .limit(1);
    let last: Option<i64> = last.select_only().column(lesson_event::Column::Seq).into_tuple().one(db).await?;
    Ok(last.unwrap_or_default())
}

/// The next changes of a cohort in sight, in the order in which they were committed: writers hold the lock of the cohort.
pub(super) async fn events_after(
    db: &impl ConnectionTrait,
    scope: &Scope,
    cohort: CohortId,
    after: i64,
) -> Result<Vec<lesson_event::Model>> {
    let next = lesson_event::Entity::within(scope)
        .filter(lesson_event::Column::CohortId.eq(cohort))
        .filter(lesson_event::Column::Seq.gt(after))
        .order_by_asc(lesson_event::Column::Seq)
        .limit(EVENTS_AT_ONCE);
    Ok(next.all(db).await?)
}

/// Removes changes that nobody can ask for any more; returns how many.
pub async fn prune(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    let old = lesson_event::Column::At.lt(before);
    Ok(lesson_event::Entity::delete_many().filter(old).exec(db).await?.rows_affected)
}

/// Forgets what nothing tells any more.
pub(super) async fn forget(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    school: SchoolCohortId,
    lesson: LessonId,
) -> Result<()> {
    lesson_progress::Entity::delete_by_id((school, lesson)).exec(db).await?;
    Ok(())
}

/// Inserts a mark.
pub(super) async fn insert_mark(db: &impl ConnectionTrait, _permit: &Permit, row: lesson_mark::Model) -> Result<()> {
    row.into_active_model().reset_all().insert(db).await?;
    Ok(())
}
