//! Steps of the year: what is to have happened with each student by a day.
//!
//! `INTAKE`: students who are new, by `needs_intake` of their partnership, and those of them with whom an intake was
//! held within 30 days after their first day in a class group of the year, or by its end where that comes first. The
//! day is the last of them, so who left before does not count.
//!
//! `START_CONVERSATION`: students who are active on the 45th day of the school year, whenever they came, and those of
//! them with whom a conversation about expectations was held in the year by that day.
//!
//! `CLOSING`: students who are active on the last day of the school year, and those of them with whom a closing
//! conversation was held in the year, or for whom there was a compliment in its last eight weeks. Where the last day
//! lies in a week that is of the next year (`periods.rs`), it is the Sunday before, so that the year has its closings.
//!
//! A conversation counts if a guardian came who is entitled on the day by which it is due. All of it counts from the
//! next day on, and is written down then. A conversation or compliment that is noted later counts for its own day, and
//! changes what was written down of its student alone.

use chrono::{DateTime, Days, NaiveDate, TimeDelta};
use glans_entity::engagement::{ContactTone, StepKind, contact_moment, conversation, partnership};
use glans_entity::ids::{BoardId, ConversationId, PartnershipId, SchoolYearId, StudentId};
use glans_entity::metrics::{Metric, Span, stretch};
use glans_entity::organisation::{class_group, school_year};
use glans_entity::people::enrolment;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryResult};
use uuid::Uuid;

use super::attended::attended;
use super::recorder::{About, Recorder};
use super::{addressed, known, rows};
use crate::call::begin;
use crate::engagement::partnerships::rules::{INTAKE_WITHIN, START_WITHIN};
use crate::metrics::periods;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// Before the last day of the year: with it they are eight weeks.
const LAST_WEEKS: Days = Days::new(8 * 7 - 1);
const ONE_DAY: Days = Days::new(1);

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    match event.kind {
        "conversation.recorded" => talked(rec, event.id()?).await,
        "partnership.updated" => intake_of(rec, event.id()?).await,
        _ => Ok(()),
    }
}

pub(super) async fn daily(rec: &Recorder<'_>) -> Result<()> {
    let since = rec.today() - TimeDelta::days(known::STOOD_STILL);
    let mut last = Some(Uuid::nil());
    while let Some(after) = last {
        last = over(rec, since, after).await?;
    }
    Ok(())
}

pub(super) async fn page(rec: &Recorder<'_>, after: Uuid) -> Result<Option<Uuid>> {
    over(rec, DateTime::UNIX_EPOCH.date_naive(), after).await
}

/// Writes down some of what is over, was due since then, and is new: what all students have, and then the intakes that
/// come next after that id; the last of these.
async fn over(rec: &Recorder<'_>, since: NaiveDate, after: Uuid) -> Result<Option<Uuid>> {
    if after.is_nil() {
        all_students(rec, since).await?;
    }
    let id = Expr::col((partnership::Entity, partnership::Column::Id));
    let new = Condition::all().add(known::is_new(&[Metric::Intake], id.clone())).add(id.gt(after));
    let rows = rec.db.query_all(&newcomers(rec, since, new)).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let students = rows.iter().map(|row| row.try_get("", "student_id")).collect::<Result<Vec<StudentId>, _>>()?;
    let places = stretch::Entity::within(&Scope::system(rec.today()))
        .filter(stretch::Column::StudentId.is_in(students.iter().copied()))
        .all(rec.db)
        .await?;
    let mut last = None;
    for (row, student) in rows.iter().zip(students) {
        let about = intake(row)?;
        let lasts =
            |place: &stretch::Model| place.starts_on <= about.day && place.ends_on.is_none_or(|end| end >= about.day);
        // Of who had left by then there is no fact.
        if places.iter().any(|place| place.student_id == student && lasts(place)) {
            rec.of_students(about, held_intake(about)).await?;
        }
        last = Some(about.item);
    }
    Ok(last)
}

async fn all_students(rec: &Recorder<'_>, since: NaiveDate) -> Result<()> {
    for year in years(rec).await? {
        for about in steps(&year) {
            let is_over = about.counts_at <= rec.now && about.day >= since;
            if is_over && !known::is_known(rec, &[about.metric], about.item).await? {
                write(rec, about, None).await?;
            }
        }
    }
    Ok(())
}

/// A conversation was recorded: of what was written down already, its student may count now.
async fn talked(rec: &Recorder<'_>, id: ConversationId) -> Result<()> {
    let scope = Scope::system(rec.today());
    let row = conversation::Entity::within(&scope).filter(conversation::Column::Id.eq(id)).one(rec.db).await?;
    let Some(row) = row else { return Ok(()) };
    let metric = match row.kind {
        StepKind::Intake => return intake_of(rec, row.partnership_id).await,
        StepKind::Expectations => Metric::StartConversation,
        StepKind::Closing => Metric::Closing,
        StepKind::Goals | StepKind::Progress => return Ok(()),
    };
    let of = partnership::Column::Id.eq(row.partnership_id);
    let Some(of) = partnership::Entity::within(&scope).filter(of).one(rec.db).await? else { return Ok(()) };
    let years = years(rec).await?;
    let steps = years.iter().filter(|year| year.id == of.school_year_id).flat_map(steps);
    again(rec, steps.filter(|about| about.metric == metric), row.student_id).await
}

/// A compliment was noted, changed or taken away: closings that were written down already may be others now.
pub(super) async fn praised(rec: &Recorder<'_>, student: StudentId) -> Result<()> {
    let years = years(rec).await?;
    let closings = years.iter().flat_map(steps).filter(|about| about.metric == Metric::Closing);
    again(rec, closings.filter(|about| about.counts_at <= rec.now), student).await
}

/// Of what is not written down yet the whole year is to come.
async fn again(rec: &Recorder<'_>, steps: impl Iterator<Item = About>, student: StudentId) -> Result<()> {
    for about in steps {
        if known::is_known(rec, &[about.metric], about.item).await? {
            write(rec, about, Some(student)).await?;
        }
    }
    Ok(())
}

async fn years(rec: &Recorder<'_>) -> Result<Vec<school_year::Model>> {
    let own = school_year::Column::BoardId.eq(rec.board);
    Ok(school_year::Entity::within(&Scope::system(rec.today())).filter(own).all(rec.db).await?)
}

/// What all students have on a day of the year.
fn steps(year: &school_year::Model) -> [About; 2] {
    let about = |metric, day: NaiveDate| About { metric, item: year.id.0, day, counts_at: begin(day + ONE_DAY) };
    let start = Ord::min(year.starts_on + START_WITHIN, year.ends_on);
    let of_metrics = periods::named(Span::SchoolYear, year.ends_on);
    let end = Ord::min(year.ends_on, periods::last(Span::SchoolYear, of_metrics));
    [about(Metric::StartConversation, start), about(Metric::Closing, end)]
}

/// Writes down the step of a school year, of all students or of one.
async fn write(rec: &Recorder<'_>, about: About, of: Option<StudentId>) -> Result<()> {
    use stretch::Column;
    let own = |column: Column| Expr::col((stretch::Entity, column));
    let student = || own(Column::StudentId);
    let met = if about.metric == Metric::StartConversation {
        student().in_subquery(met_in(about, StepKind::Expectations))
    } else {
        let closed = student().in_subquery(met_in(about, StepKind::Closing));
        closed.or(student().in_subquery(compliments(rec.board, about.day)))
    };
    let active = rows::at_student(student(), student(), addressed::flag(met), 1)
        .from(stretch::Entity)
        .and_where(own(Column::BoardId).eq(rec.board))
        .and_where(own(Column::StartsOn).lte(about.day))
        .cond_where(Condition::any().add(own(Column::EndsOn).is_null()).add(own(Column::EndsOn).gte(about.day)))
        .and_where_option(of.map(|of| student().eq(of)))
        .to_owned();
    rec.of_students(about, active).await
}

/// The students with whom there was such a conversation in the school year that `about` is of, by its day.
fn met_in(about: About, kind: StepKind) -> SelectStatement {
    let own = |column: conversation::Column| Expr::col((conversation::Entity, column));
    let of = |column: partnership::Column| Expr::col((partnership::Entity, column));
    Query::select()
        .expr(own(conversation::Column::StudentId))
        .from(conversation::Entity)
        .inner_join(partnership::Entity, of(partnership::Column::Id).eq(own(conversation::Column::PartnershipId)))
        .and_where(of(partnership::Column::SchoolYearId).eq(SchoolYearId(about.item)))
        .cond_where(by(about.day, kind))
        .to_owned()
}

/// The conversation of the statement is of this kind, and was held with somebody at home by that day.
fn by(day: NaiveDate, kind: StepKind) -> Condition {
    let own = |column: conversation::Column| Expr::col((conversation::Entity, column));
    attended(day)
        .add(own(conversation::Column::Kind).eq(kind.to_value()))
        .add(own(conversation::Column::StartsAt).lt(begin(day + ONE_DAY)))
}

/// The students for whom there was a compliment in the weeks that end with the day.
fn compliments(board: BoardId, last: NaiveDate) -> SelectStatement {
    use contact_moment::Column;
    let own = |column: Column| Expr::col((contact_moment::Entity, column));
    Query::select()
        .expr(own(Column::StudentId))
        .from(contact_moment::Entity)
        .and_where(own(Column::BoardId).eq(board))
        .and_where(own(Column::Tone).eq(ContactTone::Compliment.to_value()))
        .and_where(own(Column::OccurredAt).gte(begin(last - LAST_WEEKS)))
        .and_where(own(Column::OccurredAt).lt(begin(last + ONE_DAY)))
        .to_owned()
}

/// Writes down the intake of one partnership, once it is due; of who is not new after all it is taken back.
async fn intake_of(rec: &Recorder<'_>, id: PartnershipId) -> Result<()> {
    let one = Expr::col((partnership::Entity, partnership::Column::Id)).eq(id);
    let of = partnership::Entity::within(&Scope::system(rec.today())).filter(one.clone()).one(rec.db).await?;
    if of.is_some_and(|of| !of.needs_intake) {
        return rec.forget(Metric::Intake, id.0, Condition::all()).await;
    }
    let ever = DateTime::UNIX_EPOCH.date_naive();
    for row in rec.db.query_all(&newcomers(rec, ever, one.into())).await? {
        let about = intake(&row)?;
        rec.of_students(about, held_intake(about)).await?;
    }
    Ok(())
}

/// Some of the partnerships of new students whose intake was due since then, with the first day of the student and the
/// last one of the year.
fn newcomers(rec: &Recorder<'_>, since: NaiveDate, which: Condition) -> SelectStatement {
    use partnership::Column;
    let own = |column: Column| Expr::col((partnership::Entity, column));
    let year = |column: school_year::Column| Expr::col((school_year::Entity, column));
    let group = |column: class_group::Column| Expr::col((class_group::Entity, column));
    let place = |column: enrolment::Column| Expr::col((enrolment::Entity, column));
    let first = || Expr::from(Func::min(place(enrolment::Column::StartsOn)));
    let last = || year(school_year::Column::EndsOn);
    let in_year = Condition::all()
        .add(group(class_group::Column::Id).eq(place(enrolment::Column::ClassGroupId)))
        .add(group(class_group::Column::SchoolYearId).eq(own(Column::SchoolYearId)));
    let is_over = Condition::any().add(first().lt(rec.today() - INTAKE_WITHIN)).add(last().lt(rec.today()));
    Query::select()
        .expr_as(own(Column::Id), Alias::new("id"))
        .expr_as(own(Column::StudentId), Alias::new("student_id"))
        .expr_as(first(), Alias::new("first_day"))
        .expr_as(last(), Alias::new("last_day"))
        .from(partnership::Entity)
        .inner_join(school_year::Entity, year(school_year::Column::Id).eq(own(Column::SchoolYearId)))
        .inner_join(enrolment::Entity, place(enrolment::Column::StudentId).eq(own(Column::StudentId)))
        .inner_join(class_group::Entity, in_year)
        .and_where(own(Column::BoardId).eq(rec.board))
        .and_where(own(Column::NeedsIntake).eq(true))
        .and_where(last().gte(since))
        .cond_where(which)
        .add_group_by([own(Column::Id), own(Column::StudentId), last()])
        .cond_having(is_over)
        .and_having(first().gte(since - INTAKE_WITHIN))
        .order_by((partnership::Entity, Column::Id), Order::Asc)
        .limit(known::AT_ONCE)
        .to_owned()
}

/// What the row of a newcomer is about.
fn intake(row: &QueryResult) -> Result<About> {
    let (first, last): (NaiveDate, NaiveDate) = (row.try_get("", "first_day")?, row.try_get("", "last_day")?);
    let (item, day) = (row.try_get("", "id")?, Ord::min(first + INTAKE_WITHIN, last));
    Ok(About { metric: Metric::Intake, item, day, counts_at: begin(day + ONE_DAY) })
}

/// The student of the partnership.
fn held_intake(about: About) -> SelectStatement {
    let own = |column: partnership::Column| Expr::col((partnership::Entity, column));
    let talks = Query::select()
        .expr(Expr::val(1))
        .from(conversation::Entity)
        .and_where(Expr::col((conversation::Entity, conversation::Column::PartnershipId)).eq(about.item))
        .cond_where(by(about.day, StepKind::Intake))
        .to_owned();
    let student = || own(partnership::Column::StudentId);
    rows::at_student(student(), student(), addressed::flag(Expr::exists(talks)), 1)
        .from(partnership::Entity)
        .and_where(own(partnership::Column::Id).eq(about.item))
        .to_owned()
}
