//! Threads: whether both sides write, and how soon the school answers.
//!
//! `TWO_WAY`: a mark for the student of each message before which one of the other side arrived in the thread.
//! Conversations make such marks too.
//!
//! `STAFF_REPLY`: messages of guardians that arrived, and those of them after which a message of staff arrived in the
//! thread by the end of the second working day, from Monday to Friday; holidays are not known and count as working
//! days. Each message counts by itself, also several in a row, and those to a thread that was closed. It counts from
//! the answer on, or from the end of that day.
//!
//! The day is that of arrival: a message that is held for the hours of the school is not there before, and one that
//! reaches nobody never is.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use glans_entity::engagement::message;
use glans_entity::ids::MessageId;
use glans_entity::metrics::Metric;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use super::{known, rows};
use crate::call::{begin, today};
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// The last working day on which an answer is in time; the day of arrival is none of them.
const ANSWERED_WITHIN: usize = 2;
/// Another message of the same thread.
const OTHER: &str = "other";

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    use message::Column;
    if event.kind != "message.arrived" {
        return Ok(());
    }
    let row = arrived(rec).filter(Column::Id.eq(event.id::<MessageId>()?)).one(rec.db).await?;
    let Some(row) = row else { return Ok(()) };
    // It answers what arrived since staff wrote last. What arrived after it may have been told of before it.
    let first = if row.is_staff { staff_before(rec, &row).await? } else { Some(row.arrives_at) };
    let mut rows = arrived(rec).filter(Column::ThreadId.eq(row.thread_id));
    if let Some(first) = first {
        rows = rows.filter(Column::ArrivesAt.gte(first));
    }
    for row in rows.all(rec.db).await? {
        write(rec, &row).await?;
    }
    Ok(())
}

pub(super) async fn all(rec: &Recorder<'_>) -> Result<()> {
    use message::Column;
    let mut last = MessageId(Uuid::nil());
    loop {
        let is_new = known::is_new(&[Metric::TwoWay, Metric::StaffReply], own(Column::Id));
        let next = arrived(rec).filter(is_new).filter(Column::Id.gt(last));
        let rows = next.order_by_asc(Column::Id).limit(known::AT_ONCE).all(rec.db).await?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.id;
        for row in rows {
            write(rec, &row).await?;
        }
    }
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

/// Messages of staff in the thread of the message.
fn of_staff(rec: &Recorder<'_>, row: &message::Model) -> Select<message::Entity> {
    arrived(rec).filter(message::Column::ThreadId.eq(row.thread_id)).filter(message::Column::IsStaff.eq(true))
}

/// When staff wrote last before the message.
async fn staff_before(rec: &Recorder<'_>, row: &message::Model) -> Result<Option<DateTime<Utc>>> {
    use message::Column;
    let before = of_staff(rec, row).filter(Column::ArrivesAt.lt(row.arrives_at)).order_by_desc(Column::ArrivesAt);
    Ok(before.one(rec.db).await?.map(|row| row.arrives_at))
}

/// When staff answered the message.
async fn answered_at(rec: &Recorder<'_>, row: &message::Model) -> Result<Option<DateTime<Utc>>> {
    use message::Column;
    let after = of_staff(rec, row).filter(Column::ArrivesAt.gt(row.arrives_at)).order_by_asc(Column::ArrivesAt);
    Ok(after.one(rec.db).await?.map(|row| row.arrives_at))
}

async fn write(rec: &Recorder<'_>, row: &message::Model) -> Result<()> {
    use message::Column;
    let about = |metric, counts_at| About { metric, item: row.id.0, day: today(row.arrives_at), counts_at };
    let of_message =
        |mut columns: SelectStatement| columns.from(message::Entity).and_where(own(Column::Id).eq(row.id)).to_owned();
    let mark = of_message(rows::mark(own(Column::StudentId))).and_where(Expr::exists(other_side(row))).to_owned();
    rec.of_students(about(Metric::TwoWay, row.arrives_at), mark).await?;
    if row.is_staff {
        return Ok(());
    }
    let until = until(row.arrives_at);
    let answered_at = answered_at(rec, row).await?.filter(|at| *at < until);
    let is_answered = Expr::val(i32::from(answered_at.is_some()));
    let reply = rows::at_student(Expr::val(Uuid::nil()), own(Column::StudentId), is_answered, 1);
    rec.of_students(about(Metric::StaffReply, answered_at.unwrap_or(until)), of_message(reply)).await
}

/// What the other side wrote before the message.
fn other_side(row: &message::Model) -> SelectStatement {
    use message::Column;
    let other = |column: Column| Expr::col((Alias::new(OTHER), column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(message::Entity, Alias::new(OTHER))
        .and_where(other(Column::ThreadId).eq(row.thread_id))
        .and_where(other(Column::IsStaff).eq(!row.is_staff))
        .and_where(other(Column::AnnouncedAt).is_not_null())
        .and_where(other(Column::ArrivesAt).lt(row.arrives_at))
        .to_owned()
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
