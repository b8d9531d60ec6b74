//! Events: whether somebody came for the child.
//!
//! `EVENT_PARTICIPATION`: students who are invited, and those of them with a guardian who was let in, of those who were
//! invited about the student and are entitled on the day of the event. Who is invited is as for the reach of an
//! announcement: with the active students of its places who have no guardian. An event to which no guardian is invited
//! counts for nobody.
//!
//! The day is that on which it begins. It is written down once it is over, as until it begins it may be moved or
//! cancelled, and counts from its end on. Who is let in later is added.

use chrono::TimeDelta;
use glans_entity::engagement::{EventStatus, event, event_response, recipient};
use glans_entity::ids::{EventId, PersonId};
use glans_entity::metrics::Metric;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use super::{addressed, known};
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    if event.kind != "event.checked_in" {
        return Ok(());
    }
    let row = over(rec).filter(event::Column::Id.eq(event.id::<EventId>()?)).one(rec.db).await?;
    match row {
        Some(row) => write(rec, &row, event.perhaps("person")).await,
        None => Ok(()),
    }
}

pub(super) async fn daily(rec: &Recorder<'_>) -> Result<()> {
    use event::Column;
    let id = Expr::col((event::Entity, Column::Id));
    let rows = over(rec)
        .filter(Column::EndsAt.gt(rec.now - TimeDelta::days(known::STOOD_STILL)))
        .filter(known::is_new(&[Metric::EventParticipation], id));
    for row in rows.all(rec.db).await? {
        write(rec, &row, None).await?;
    }
    Ok(())
}

pub(super) async fn page(rec: &Recorder<'_>, after: Uuid) -> Result<Option<Uuid>> {
    use event::Column;
    let next = over(rec).filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(known::AT_ONCE);
    let rows = next.all(rec.db).await?;
    for row in &rows {
        write(rec, row, None).await?;
    }
    Ok(rows.last().map(|row| row.id.0))
}

/// Events of the board that took place.
fn over(rec: &Recorder<'_>) -> Select<event::Entity> {
    use event::Column;
    event::Entity::within(&Scope::system(rec.today()))
        .filter(Column::BoardId.eq(rec.board))
        .filter(Column::Status.eq(EventStatus::Planned))
        .filter(Column::EndsAt.lte(rec.now))
}

/// Writes down what the event is worth, and of one that is known what the guest `by` adds to it.
async fn write(rec: &Recorder<'_>, row: &event::Model, by: Option<PersonId>) -> Result<()> {
    let metric = Metric::EventParticipation;
    let about = About { metric, item: row.id.0, day: today(row.starts_at), counts_at: row.ends_at };
    if known::is_known(rec, &[metric], about.item).await? {
        let Some(guest) = by else { return Ok(()) };
        let met = addressed::met(about, came(row, Some(guest)));
        return rec.of_students(about, addressed::newly_met(about, met)).await;
    }
    if !addressed::reached_guardians(rec, about.item).await? {
        return Ok(());
    }
    let concerned = addressed::concerned(rec, about.item, today(row.created_at)).await?;
    let met = addressed::met(about, came(row, None));
    rec.of_students(about, addressed::students(concerned, met)).await
}

/// An invitation of who was let in, of one guest or of any.
fn came(row: &event::Model, by: Option<PersonId>) -> Condition {
    use event_response::Column;
    let own = |column: Column| Expr::col((event_response::Entity, column));
    let let_in = Query::select()
        .expr(own(Column::PersonId))
        .from(event_response::Entity)
        .and_where(own(Column::EventId).eq(row.id))
        .and_where(own(Column::CheckedInAt).is_not_null())
        .to_owned();
    let guest = || Expr::col((recipient::Entity, recipient::Column::PersonId));
    let all = Condition::all().add(guest().in_subquery(let_in));
    match by {
        Some(person) => all.add(guest().eq(person)),
        None => all,
    }
}
