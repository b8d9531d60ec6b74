//! Lessons in the circle: how far the schools of a cohort got with them by their next meeting.
//!
//! A pair is a lesson that a meeting prepared and a school that was in the cohort from that meeting to the next one.
//! Only meetings that were held count, as the one that prepared it and as the next one, and a lesson that several of
//! them prepared belongs to the first. A lesson that a school skips stays one of its pairs.
//!
//! `LESSONS_PREPARED`: somebody who leads the school was at the meeting, or had caught up before the next one began.
//!
//! `LESSONS_TAUGHT`: the team had the lesson before the next meeting began: a session was held, and none that was to
//! begin before it stood still open or ended after. What is planned for later is no matter, so that it takes nothing
//! back.
//!
//! `EXPERIENCE_RETURN`: an experience of the school with the lesson was shared with others before the next meeting
//! began.
//!
//! The day is that of the next meeting, and it counts from its beginning on. It is written down when that meeting is
//! recorded; sessions and meetings that are recorded or corrected after it change it. A fact is of the meeting that
//! prepared the lessons and a school, and counts its lessons: a cohort that moves to another edition has other lessons
//! from then on, and the same meetings.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{CohortId, MeetingId, TeamSessionId};
use glans_entity::metrics::{Metric, fact};
use glans_entity::practice::{
    AttendanceStatus, LessonPurpose, OccasionStatus, attendance, cohort_school, experience, meeting, meeting_lesson,
    team_session,
};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use super::{addressed, known};
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

const METRICS: [Metric; 3] = [Metric::LessonsPrepared, Metric::LessonsTaught, Metric::ExperienceReturn];
/// The rows of lessons and schools.
const PAIRS: &str = "pairs";
/// The lesson in another meeting.
const OTHER: &str = "other";

/// From a meeting to the next one.
#[derive(Clone, Copy)]
struct Round {
    cohort: CohortId,
    meeting: MeetingId,
    began_at: DateTime<Utc>,
    next_at: DateTime<Utc>,
}

impl Round {
    fn first_day(self) -> NaiveDate {
        today(self.began_at)
    }

    fn last_day(self) -> NaiveDate {
        today(self.next_at)
    }
}

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    match event.kind {
        "meeting.recorded" => of_meeting(rec, event.id()?).await,
        "team_session.planned" | "team_session.moved" | "team_session.cancelled" | "team_session.recorded" => {
            of_session(rec, event.id()?).await
        }
        _ => Ok(()),
    }
}

pub(super) async fn page(rec: &Recorder<'_>, after: Uuid) -> Result<Option<Uuid>> {
    use meeting::Column;
    let is_new = known::is_new(&METRICS, Expr::col((meeting::Entity, Column::Id)));
    let next = held(rec).filter(is_new).filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(known::AT_ONCE);
    let rows = next.all(rec.db).await?;
    for row in &rows {
        write(rec, row, &METRICS).await?;
    }
    Ok(rows.last().map(|row| row.id.0))
}

/// Meetings of the board that were held.
fn held(rec: &Recorder<'_>) -> Select<meeting::Entity> {
    use meeting::Column;
    meeting::Entity::within(&Scope::system(rec.today()))
        .filter(Column::BoardId.eq(rec.board))
        .filter(Column::Status.eq(OccasionStatus::Held))
}

/// The meeting that was held next in the cohort.
async fn next(rec: &Recorder<'_>, row: &meeting::Model) -> Result<Option<meeting::Model>> {
    use meeting::Column;
    let later = held(rec).filter(Column::CohortId.eq(row.cohort_id)).filter(Column::StartsAt.gt(row.starts_at));
    Ok(later.order_by_asc(Column::StartsAt).order_by_asc(Column::Id).one(rec.db).await?)
}

/// A meeting was recorded: it ends the round of the one before it and begins one, and what it prepared is no lesson of
/// a later one any more.
async fn of_meeting(rec: &Recorder<'_>, id: MeetingId) -> Result<()> {
    use meeting::Column;
    let Some(row) = held(rec).filter(Column::Id.eq(id)).one(rec.db).await? else { return Ok(()) };
    let of_cohort = || held(rec).filter(Column::CohortId.eq(row.cohort_id));
    let earlier = of_cohort().filter(Column::StartsAt.lt(row.starts_at));
    let before = earlier.order_by_desc(Column::StartsAt).order_by_desc(Column::Id).one(rec.db).await?;
    let lessons = preparing(rec, Condition::all().add(meeting_lesson::Column::MeetingId.eq(id)));
    let lessons = lessons.column(meeting_lesson::Column::LessonId).into_query();
    let again = preparing(rec, Condition::all().add(meeting_lesson::Column::LessonId.in_subquery(lessons)));
    let again = again.column(meeting_lesson::Column::MeetingId).into_query();
    let later = of_cohort().filter(Column::StartsAt.gt(row.starts_at)).filter(Column::Id.in_subquery(again));
    let later = later.all(rec.db).await?;
    for row in before.into_iter().chain([row]).chain(later) {
        write(rec, &row, &METRICS).await?;
    }
    Ok(())
}

/// Lessons of meetings that prepare them, without columns.
fn preparing(rec: &Recorder<'_>, which: Condition) -> Select<meeting_lesson::Entity> {
    meeting_lesson::Entity::within(&Scope::system(rec.today()))
        .select_only()
        .filter(meeting_lesson::Column::Purpose.eq(LessonPurpose::Prepares))
        .filter(which)
}

/// A session is another than it was: so may be the rounds of the meetings that prepared its lesson.
async fn of_session(rec: &Recorder<'_>, id: TeamSessionId) -> Result<()> {
    use meeting_lesson::Column;
    let scope = Scope::system(rec.today());
    let row = team_session::Entity::within(&scope).filter(team_session::Column::Id.eq(id)).one(rec.db).await?;
    let Some(row) = row else { return Ok(()) };
    let of_lesson = Condition::all().add(Column::CohortId.eq(row.cohort_id)).add(Column::LessonId.eq(row.lesson_id));
    let prepared = preparing(rec, of_lesson).column(Column::MeetingId).into_query();
    for row in held(rec).filter(meeting::Column::Id.in_subquery(prepared)).all(rec.db).await? {
        write(rec, &row, &[Metric::LessonsTaught]).await?;
    }
    Ok(())
}

/// Writes down how far the lessons of the meeting got, once the next one was held.
async fn write(rec: &Recorder<'_>, row: &meeting::Model, metrics: &[Metric]) -> Result<()> {
    let Some(next) = next(rec, row).await? else { return Ok(()) };
    let round = Round { cohort: row.cohort_id, meeting: row.id, began_at: row.starts_at, next_at: next.starts_at };
    for metric in metrics {
        let about = About { metric: *metric, item: row.id.0, day: round.last_day(), counts_at: round.next_at };
        rec.forget(about.metric, about.item, void(round, about)).await?;
        rec.of_schools(about, counted(round, *metric)).await?;
    }
    Ok(())
}

/// Facts that do not hold any more: the next meeting was another one as long as that in between was not recorded, and
/// so was the one that prepared the lessons of a school.
fn void(round: Round, about: About) -> Condition {
    let own = |column: fact::Column| Expr::col((fact::Entity, column));
    let schools = Query::select()
        .expr(pair("subject_id"))
        .from_subquery(pairs(round, about.metric), Alias::new(PAIRS))
        .to_owned();
    Condition::any()
        .add(own(fact::Column::Day).ne(about.day))
        .add(own(fact::Column::SubjectId).not_in_subquery(schools))
}

fn pair(column: &'static str) -> Expr {
    Expr::col((Alias::new(PAIRS), Alias::new(column)))
}

/// A row per school, with its lessons.
fn counted(round: Round, metric: Metric) -> SelectStatement {
    Query::select()
        .expr_as(pair("subject_id"), Alias::new("subject_id"))
        .expr_as(pair("school_id"), Alias::new("school_id"))
        .expr_as(Func::sum(pair("reached")), Alias::new("numerator"))
        .expr_as(Func::count(pair("reached")), Alias::new("denominator"))
        .expr_as(Expr::val(0), Alias::new("unknown"))
        .from_subquery(pairs(round, metric), Alias::new(PAIRS))
        .add_group_by([pair("subject_id"), pair("school_id")])
        .to_owned()
}

fn school(column: cohort_school::Column) -> Expr {
    Expr::col((cohort_school::Entity, column))
}

fn lesson() -> Expr {
    Expr::col((meeting_lesson::Entity, meeting_lesson::Column::LessonId))
}

/// A row per lesson and school.
fn pairs(round: Round, metric: Metric) -> SelectStatement {
    use cohort_school::Column;
    let own = |column: meeting_lesson::Column| Expr::col((meeting_lesson::Entity, column));
    let reached = match metric {
        Metric::LessonsPrepared => Expr::exists(prepared(round)),
        Metric::LessonsTaught => Expr::exists(taught(round)).and(Expr::not_exists(unfinished(round))),
        _ => Expr::exists(shared(round)),
    };
    let prepares = Condition::all()
        .add(own(meeting_lesson::Column::MeetingId).eq(round.meeting))
        .add(own(meeting_lesson::Column::Purpose).eq(LessonPurpose::Prepares.to_value()));
    let left_on = || school(Column::LeftOn);
    let stayed = Condition::any().add(left_on().is_null()).add(left_on().gt(round.last_day()));
    Query::select()
        .expr_as(school(Column::Id), Alias::new("subject_id"))
        .expr_as(school(Column::SchoolId), Alias::new("school_id"))
        .expr_as(addressed::flag(reached), Alias::new("reached"))
        .from(cohort_school::Entity)
        .inner_join(meeting_lesson::Entity, prepares)
        .and_where(school(Column::CohortId).eq(round.cohort))
        .and_where(school(Column::JoinedOn).lte(round.first_day()))
        .cond_where(stayed)
        .and_where(Expr::not_exists(prepared_before(round)))
        .to_owned()
}

/// Earlier meetings that prepared the lesson.
fn prepared_before(round: Round) -> SelectStatement {
    use meeting_lesson::Column;
    let other = |column: Column| Expr::col((Alias::new(OTHER), column));
    let of = |column: meeting::Column| Expr::col((meeting::Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(meeting_lesson::Entity, Alias::new(OTHER))
        .inner_join(meeting::Entity, of(meeting::Column::Id).eq(other(Column::MeetingId)))
        .and_where(other(Column::CohortId).eq(round.cohort))
        .and_where(other(Column::LessonId).eq(lesson()))
        .and_where(other(Column::Purpose).eq(LessonPurpose::Prepares.to_value()))
        .and_where(of(meeting::Column::Status).eq(OccasionStatus::Held.to_value()))
        .and_where(of(meeting::Column::StartsAt).lt(round.began_at))
        .to_owned()
}

/// Who of the school was at the meeting, or had caught up in time.
fn prepared(round: Round) -> SelectStatement {
    use attendance::Column;
    let own = |column: Column| Expr::col((attendance::Entity, column));
    let caught_up = Condition::all()
        .add(own(Column::Status).eq(AttendanceStatus::CaughtUp.to_value()))
        .add(own(Column::RecordedAt).lt(round.next_at));
    let came = own(Column::Status).eq(AttendanceStatus::Present.to_value());
    Query::select()
        .expr(Expr::val(1))
        .from(attendance::Entity)
        .and_where(own(Column::MeetingId).eq(round.meeting))
        .and_where(own(Column::SchoolId).eq(school(cohort_school::Column::SchoolId)))
        .and_where(own(Column::RecordedAt).is_not_null())
        .cond_where(Condition::any().add(came).add(caught_up))
        .to_owned()
}

/// Sessions of the school with the lesson that fulfil `which`.
fn sessions(which: Condition) -> SelectStatement {
    use team_session::Column;
    let own = |column: Column| Expr::col((team_session::Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from(team_session::Entity)
        .and_where(own(Column::CohortSchoolId).eq(school(cohort_school::Column::Id)))
        .and_where(own(Column::LessonId).eq(lesson()))
        .cond_where(which)
        .to_owned()
}

/// Those that were held in time.
fn taught(round: Round) -> SelectStatement {
    use team_session::Column;
    let own = |column: Column| Expr::col((team_session::Entity, column));
    sessions(
        Condition::all()
            .add(own(Column::Status).eq(OccasionStatus::Held.to_value()))
            .add(own(Column::EndsAt).lte(round.next_at)),
    )
}

/// Those that were to be in time and were not.
fn unfinished(round: Round) -> SelectStatement {
    use team_session::Column;
    let own = |column: Column| Expr::col((team_session::Entity, column));
    let is_open = own(Column::Status).eq(OccasionStatus::Planned.to_value());
    sessions(
        Condition::all()
            .add(own(Column::Status).ne(OccasionStatus::Cancelled.to_value()))
            .add(own(Column::StartsAt).lt(round.next_at))
            .add(Condition::any().add(is_open).add(own(Column::EndsAt).gt(round.next_at))),
    )
}

/// Experiences of the school with the lesson that others saw in time.
fn shared(round: Round) -> SelectStatement {
    use experience::Column;
    let own = |column: Column| Expr::col((experience::Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from(experience::Entity)
        .and_where(own(Column::CohortSchoolId).eq(school(cohort_school::Column::Id)))
        .and_where(own(Column::LessonId).eq(lesson()))
        .and_where(own(Column::SharedAt).lt(round.next_at))
        .to_owned()
}
