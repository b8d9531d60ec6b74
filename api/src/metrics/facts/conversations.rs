//! Conversations: with whom there was one, and who stayed away.
//!
//! `CONVERSATION_COVERAGE` and `TWO_WAY`: a mark for the student of each conversation that was held and to which a
//! guardian came who is entitled on its day. One to which nobody came is no contact.
//!
//! `NO_SHOW`: guardians who were invited to a conversation that was held, each at its student, and those of them who
//! were absent, whatever they have of the child by now.
//!
//! The day is that of the conversation, and it counts from its first record on. What the record is corrected to counts
//! in its place, but of a guardian who was erased since.

use glans_entity::engagement::{AttendeeStatus, conversation, conversation_attendee};
use glans_entity::ids::ConversationId;
use glans_entity::metrics::{Metric, fact};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::attended::attended;
use super::recorder::{About, Recorder};
use super::{addressed, known, rows};
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// Marks of the students who were met.
const MARKS: [Metric; 2] = [Metric::ConversationCoverage, Metric::TwoWay];
const METRICS: [Metric; 3] = [Metric::ConversationCoverage, Metric::TwoWay, Metric::NoShow];

pub(super) async fn record(rec: &Recorder<'_>, event: &Event) -> Result<()> {
    if event.kind != "conversation.recorded" {
        return Ok(());
    }
    let row = held(rec).filter(conversation::Column::Id.eq(event.id::<ConversationId>()?)).one(rec.db).await?;
    match row {
        Some(row) => write(rec, &row).await,
        None => Ok(()),
    }
}

pub(super) async fn page(rec: &Recorder<'_>, after: Uuid) -> Result<Option<Uuid>> {
    use conversation::Column;
    let is_new = known::is_new(&METRICS, Expr::col((conversation::Entity, Column::Id)));
    let next = held(rec).filter(is_new).filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(known::AT_ONCE);
    let rows = next.all(rec.db).await?;
    for row in &rows {
        write(rec, row).await?;
    }
    Ok(rows.last().map(|row| row.id.0))
}

/// Conversations of the board that were held.
fn held(rec: &Recorder<'_>) -> Select<conversation::Entity> {
    use conversation::Column;
    conversation::Entity::within(&Scope::system(rec.today()))
        .filter(Column::BoardId.eq(rec.board))
        .filter(Column::Status.eq(OccasionStatus::Held))
}

async fn write(rec: &Recorder<'_>, row: &conversation::Model) -> Result<()> {
    let about = |metric| About {
        metric,
        item: row.id.0,
        day: today(row.starts_at),
        counts_at: row.recorded_at.unwrap_or(row.ends_at),
    };
    let student = || Expr::col((conversation::Entity, conversation::Column::StudentId));
    let is_known = known::is_known(rec, &METRICS, row.id.0).await?;
    for about in MARKS.map(about) {
        if is_known {
            let students = of(row.id, about, Query::select().expr(student()).to_owned());
            let gone = Expr::col((fact::Entity, fact::Column::SubjectId)).not_in_subquery(students);
            rec.forget(about.metric, about.item, Condition::all().add(gone)).await?;
        }
        rec.of_students(about, of(row.id, about, rows::mark(student()))).await?;
    }
    rec.of_students(about(Metric::NoShow), absent(row.id)).await
}

/// These columns of the conversation, if somebody came.
fn of(id: ConversationId, about: About, mut columns: SelectStatement) -> SelectStatement {
    columns
        .from(conversation::Entity)
        .and_where(Expr::col((conversation::Entity, conversation::Column::Id)).eq(id))
        .cond_where(attended(about.day))
        .to_owned()
}

/// A row per guardian who was invited.
fn absent(id: ConversationId) -> SelectStatement {
    use conversation_attendee::Column;
    let own = |column: Column| Expr::col((conversation_attendee::Entity, column));
    let is_absent = own(Column::Status).eq(AttendeeStatus::Absent.to_value());
    rows::at_student(own(Column::PersonId), own(Column::StudentId), addressed::flag(is_absent), 1)
        .from(conversation_attendee::Entity)
        .and_where(own(Column::ConversationId).eq(id))
        .and_where(own(Column::IsStaff).eq(false))
        .to_owned()
}
