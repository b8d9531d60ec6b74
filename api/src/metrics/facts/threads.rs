//! Threads: whether both sides write, and how soon the school answers.
//!
//! `TWO_WAY`: a mark for the student of each message that answers: what arrived last in the thread before it is of the
//! other side, and of the same school year. So a thread in which both sides wrote in a period counts in it, and who goes
//! on without being answered counts once. Conversations make such marks too.
//!
//! `STAFF_REPLY`: messages of guardians that arrived, and those of them after which a message of staff arrived in the
//! thread by the end of the second working day, from Monday to Friday; holidays are not known and count as working
//! days. Each message counts by itself, also several in a row, and those to a thread that was closed. It counts from
//! the end of that day on, answered or not: else those that are answered would be there before the others.
//!
//! The day is that of arrival: a message that is held for the hours of the school is not there before, and one that
//! reaches nobody never is.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use glans_entity::engagement::message;
use glans_entity::ids::MessageId;
use glans_entity::metrics::{Metric, Span};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use super::{known, rows};
use crate::call::{begin, today};
use crate::metrics::periods;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// The last working day on which an answer is in time; the day of arrival is none of them.
const ANSWERED_WITHIN: usize = 2;

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    use message::Column;
    if event.kind != "message.arrived" {
        return Ok(());
    }
    let row = arrived(rec).filter(Column::Id.eq(event.id::<MessageId>()?)).one(rec.db).await?;
    let Some(row) = row else { return Ok(()) };
    // It answers what arrived since staff wrote last. What arrived after it may have been told of before it.
    let first = if row.is_staff { before(rec, &row, true).await? } else { Some(row.arrives_at) };
    let mut rows = arrived(rec).filter(Column::ThreadId.eq(row.thread_id));
    if let Some(first) = first {
        rows = rows.filter(Column::ArrivesAt.gte(first));
    }
    for row in rows.all(rec.db).await? {
        write(rec, &row).await?;
    }
    Ok(())
}

pub(super) async fn page(rec: &Recorder<'_>, after: Uuid) -> Result<Option<Uuid>> {
    use message::Column;
    let is_new = known::is_new(&[Metric::TwoWay, Metric::StaffReply], own(Column::Id));
    let next = arrived(rec).filter(is_new).filter(Column::Id.gt(after));
    let rows = next.order_by_asc(Column::Id).limit(known::AT_ONCE).all(rec.db).await?;
    for row in &rows {
        write(rec, row).await?;
    }
    Ok(rows.last().map(|row| row.id.0))
}

fn own(column: message::Column) -> Expr {
    Expr::col((message::Entity, column))
}

/// Messages of the board that arrived. Those that are held, or reached nobody, were announced to nobody.
fn arrived(rec: &Recorder<'_>) -> Select<message::Entity> {
    use message::Column;
    message::Entity::within(&Scope::system(rec.today()))
        .filter(Column::BoardId.eq(rec.board))
        .filter(Column::AnnouncedAt.is_not_null())
}

/// Messages of one side in the thread of the message.
fn of_side(rec: &Recorder<'_>, row: &message::Model, is_staff: bool) -> Select<message::Entity> {
    arrived(rec).filter(message::Column::ThreadId.eq(row.thread_id)).filter(message::Column::IsStaff.eq(is_staff))
}

/// When that side wrote last before the message.
async fn before(rec: &Recorder<'_>, row: &message::Model, is_staff: bool) -> Result<Option<DateTime<Utc>>> {
    use message::Column;
    let earlier = of_side(rec, row, is_staff).filter(Column::ArrivesAt.lt(row.arrives_at));
    Ok(earlier.order_by_desc(Column::ArrivesAt).one(rec.db).await?.map(|row| row.arrives_at))
}

/// Whether staff answered the message by then.
async fn is_answered(rec: &Recorder<'_>, row: &message::Model, until: DateTime<Utc>) -> Result<bool> {
    use message::Column;
    let in_time = of_side(rec, row, true).filter(Column::ArrivesAt.gt(row.arrives_at));
    Ok(in_time.filter(Column::ArrivesAt.lt(until)).one(rec.db).await?.is_some())
}

/// Whether the message answers the other side.
async fn is_answer(rec: &Recorder<'_>, row: &message::Model) -> Result<bool> {
    let Some(other) = before(rec, row, !row.is_staff).await? else { return Ok(false) };
    let year = |at| periods::start(Span::SchoolYear, today(at));
    let is_last = before(rec, row, row.is_staff).await?.is_none_or(|own| own <= other);
    Ok(is_last && year(other) == year(row.arrives_at))
}

async fn write(rec: &Recorder<'_>, row: &message::Model) -> Result<()> {
    use message::Column;
    let about = |metric, counts_at| About { metric, item: row.id.0, day: today(row.arrives_at), counts_at };
    let of_message =
        |mut columns: SelectStatement| columns.from(message::Entity).and_where(own(Column::Id).eq(row.id)).to_owned();
    let two_way = about(Metric::TwoWay, row.arrives_at);
    if is_answer(rec, row).await? {
        rec.of_students(two_way, of_message(rows::mark(own(Column::StudentId)))).await?;
    } else {
        // It was one, until what arrived in between was told of.
        rec.forget(two_way.metric, two_way.item, Condition::all()).await?;
    }
    if row.is_staff {
        return Ok(());
    }
    let until = until(row.arrives_at);
    let is_answered = Expr::val(i32::from(is_answered(rec, row, until).await?));
    let reply = rows::at_student(Expr::val(Uuid::nil()), own(Column::StudentId), is_answered, 1);
    rec.of_students(about(Metric::StaffReply, until), of_message(reply)).await
}

/// Until when an answer to what arrived then is in time: the end of the second working day after it.
fn until(arrived_at: DateTime<Utc>) -> DateTime<Utc> {
    let day = today(arrived_at);
    let is_working = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let last = day.iter_days().skip(1).filter(is_working).take(ANSWERED_WITHIN).last();
    begin(last.unwrap_or(day) + Days::new(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn two_working_days_end_at_midnight_in_the_netherlands() {
        // A Wednesday, a Thursday and a Friday, a Saturday, and a Sunday shortly before midnight.
        for (arrived, until_then) in [
            ("2026-11-11T06:30:00Z", "2026-11-13T23:00:00Z"),
            ("2026-11-12T12:00:00Z", "2026-11-16T23:00:00Z"),
            ("2026-11-13T12:00:00Z", "2026-11-17T23:00:00Z"),
            ("2026-11-14T12:00:00Z", "2026-11-17T23:00:00Z"),
            ("2026-11-15T22:59:59Z", "2026-11-17T23:00:00Z"),
            ("2026-11-15T23:00:00Z", "2026-11-18T23:00:00Z"),
        ] {
            assert_eq!(until(at(arrived)), at(until_then), "{arrived}");
        }
    }

    #[test]
    fn the_clock_may_change_meanwhile() {
        // On Sunday 28 March 2027.
        assert_eq!(until(at("2027-03-26T12:00:00Z")), at("2027-03-30T22:00:00Z"));
    }
}
