//! Agreements: whether they were kept.
//!
//! `AGREEMENTS_KEPT`: agreements of conversations that are due on the day, and those of them that are marked as kept,
//! at their student. When that was marked is no matter, for it is said in the next conversation, which is later; until
//! somebody says either, it is not known. It counts from the next day on. An agreement without a day is never due. One
//! that is left out of the record later counts no more, and one whose words or day are changed is another.

use chrono::{Days, TimeDelta};
use glans_entity::engagement::{agreement, conversation};
use glans_entity::ids::{AgreementId, ConversationId};
use glans_entity::metrics::{Metric, fact};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use super::{addressed, known};
use crate::call::begin;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

const METRIC: Metric = Metric::AgreementsKept;

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    use agreement::Column;
    match event.kind {
        "agreement.marked" => written(rec, due(rec).filter(Column::Id.eq(event.id::<AgreementId>()?))).await,
        "conversation.recorded" => {
            let id: ConversationId = event.id()?;
            forget_gone(rec, id).await?;
            written(rec, due(rec).filter(Column::ConversationId.eq(id))).await
        }
        _ => Ok(()),
    }
}

pub(super) async fn daily(rec: &Recorder<'_>) -> Result<()> {
    let since = rec.today() - TimeDelta::days(known::STOOD_STILL);
    written(rec, due(rec).filter(agreement::Column::DueOn.gte(since)).filter(is_new())).await
}

pub(super) async fn page(rec: &Recorder<'_>, after: Uuid) -> Result<Option<Uuid>> {
    some_written(rec, due(rec).filter(is_new()), after).await
}

fn own(column: agreement::Column) -> Expr {
    Expr::col((agreement::Entity, column))
}

/// There is no fact of it, and there can be one: its student was active on the day.
fn is_new() -> Expr {
    use agreement::Column;
    known::is_new(&[METRIC], own(Column::Id)).and(addressed::is_active(own(Column::StudentId), own(Column::DueOn)))
}

/// Agreements of the board whose day is over.
fn due(rec: &Recorder<'_>) -> Select<agreement::Entity> {
    use agreement::Column;
    agreement::Entity::within(&Scope::system(rec.today()))
        .filter(Column::BoardId.eq(rec.board))
        .filter(Column::DueOn.lt(rec.today()))
}

/// Writes these down, some at a time.
async fn written(rec: &Recorder<'_>, which: Select<agreement::Entity>) -> Result<()> {
    let mut last = Some(Uuid::nil());
    while let Some(after) = last {
        last = some_written(rec, which.clone(), after).await?;
    }
    Ok(())
}

/// Writes down some of these; the last one.
async fn some_written(rec: &Recorder<'_>, which: Select<agreement::Entity>, after: Uuid) -> Result<Option<Uuid>> {
    use agreement::Column;
    let next = which.filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(known::AT_ONCE);
    let rows = next.all(rec.db).await?;
    for row in &rows {
        write(rec, row).await?;
    }
    Ok(rows.last().map(|row| row.id.0))
}

async fn write(rec: &Recorder<'_>, row: &agreement::Model) -> Result<()> {
    let Some(day) = row.due_on else { return Ok(()) };
    let about = About { metric: METRIC, item: row.id.0, day, counts_at: begin(day + Days::new(1)) };
    rec.of_students(about, kept(row.id)).await
}

fn kept(id: AgreementId) -> SelectStatement {
    use agreement::Column;
    Query::select()
        .expr_as(own(Column::StudentId), Alias::new("subject_id"))
        .expr_as(own(Column::StudentId), Alias::new("student_id"))
        .expr_as(addressed::flag(own(Column::Kept).eq(true)), Alias::new("numerator"))
        .expr_as(Expr::val(1), Alias::new("denominator"))
        .expr_as(addressed::flag(own(Column::Kept).is_null()), Alias::new("unknown"))
        .from(agreement::Entity)
        .and_where(own(Column::Id).eq(id))
        .to_owned()
}

/// Takes back what was written of agreements with the student that there are none of any more.
async fn forget_gone(rec: &Recorder<'_>, id: ConversationId) -> Result<()> {
    let of = |column: fact::Column| Expr::col((fact::Entity, column));
    let student = Query::select()
        .expr(Expr::col((conversation::Entity, conversation::Column::StudentId)))
        .from(conversation::Entity)
        .and_where(Expr::col((conversation::Entity, conversation::Column::Id)).eq(id))
        .to_owned();
    let there = Query::select()
        .expr(own(agreement::Column::Id))
        .from(agreement::Entity)
        .and_where(own(agreement::Column::StudentId).in_subquery(student.clone()))
        .to_owned();
    let gone = Query::select()
        .column((fact::Entity, fact::Column::ItemId))
        .from(fact::Entity)
        .and_where(of(fact::Column::Metric).eq(METRIC.to_value()))
        .and_where(of(fact::Column::SubjectId).in_subquery(student))
        .and_where(of(fact::Column::ItemId).not_in_subquery(there))
        .to_owned();
    for row in rec.db.query_all(&gone).await? {
        rec.forget(METRIC, row.try_get("", "item_id")?, Condition::all()).await?;
    }
    Ok(())
}
