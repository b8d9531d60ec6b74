//! Short contacts.
//!
//! `POSITIVE_CONTACT`: a mark for the student of each compliment, on the day on which it was. One that is taken away
//! or becomes something else counts no more, and one whose time is corrected counts on its new day.

use glans_entity::engagement::{ContactTone, contact_moment};
use glans_entity::ids::{ContactMomentId, StudentId};
use glans_entity::metrics::{Metric, fact};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use super::{known, rows, steps};
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

const METRIC: Metric = Metric::PositiveContact;

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    if !matches!(event.kind, "contact_moment.logged" | "contact_moment.updated" | "contact_moment.deleted") {
        return Ok(());
    }
    let id: ContactMomentId = event.id()?;
    let before = marked(rec, id).await?;
    if before.is_some() {
        rec.forget(METRIC, id.0, Condition::all()).await?;
    }
    let row = compliments(rec).filter(contact_moment::Column::Id.eq(id)).one(rec.db).await?;
    if let Some(row) = &row {
        write(rec, row).await?;
    }
    // It may be the one with which the year is closed.
    match row.map(|row| row.student_id).or(before) {
        Some(student) => steps::praised(rec, student).await,
        None => Ok(()),
    }
}

pub(super) async fn page(rec: &Recorder<'_>, after: Uuid) -> Result<Option<Uuid>> {
    use contact_moment::Column;
    let is_new = known::is_new(&[METRIC], Expr::col((contact_moment::Entity, Column::Id)));
    let next = compliments(rec).filter(is_new).filter(Column::Id.gt(after));
    let rows = next.order_by_asc(Column::Id).limit(known::AT_ONCE).all(rec.db).await?;
    for row in &rows {
        write(rec, row).await?;
    }
    Ok(rows.last().map(|row| row.id.0))
}

/// Compliments of the board.
fn compliments(rec: &Recorder<'_>) -> Select<contact_moment::Entity> {
    use contact_moment::Column;
    contact_moment::Entity::within(&Scope::system(rec.today()))
        .filter(Column::BoardId.eq(rec.board))
        .filter(Column::Tone.eq(ContactTone::Compliment))
}

/// The student for whom the contact is a mark so far.
async fn marked(rec: &Recorder<'_>, id: ContactMomentId) -> Result<Option<StudentId>> {
    let own = |column: fact::Column| Expr::col((fact::Entity, column));
    let subject = Query::select()
        .column((fact::Entity, fact::Column::SubjectId))
        .from(fact::Entity)
        .and_where(own(fact::Column::Metric).eq(METRIC.to_value()))
        .and_where(own(fact::Column::ItemId).eq(id))
        .limit(1)
        .to_owned();
    let row = rec.db.query_one(&subject).await?;
    Ok(row.map(|row| row.try_get("", "subject_id")).transpose()?)
}

async fn write(rec: &Recorder<'_>, row: &contact_moment::Model) -> Result<()> {
    use contact_moment::Column;
    let own = |column: Column| Expr::col((contact_moment::Entity, column));
    let about = About { metric: METRIC, item: row.id.0, day: today(row.occurred_at), counts_at: row.created_at };
    let mark = rows::mark(own(Column::StudentId))
        .from(contact_moment::Entity)
        .and_where(own(Column::Id).eq(row.id))
        .to_owned();
    rec.of_students(about, mark).await
}
