//! Messages.

use glans_entity::engagement::{message, thread_participant};
use glans_entity::ids::{MessageId, PersonId, ThreadId};
use glans_entity::notifications::Category;
use glans_entity::scope::Scoped;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::engagement::threads::company::Company;
use crate::platform::error::Result;

async fn message(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Option<message::Model>> {
    let id = message::Column::Id.eq(fact.id::<MessageId>()?);
    Ok(message::Entity::within(&fact.everywhere()).filter(id).one(db).await?)
}

fn notice(text: Text, row: &message::Model, fact: Fact<'_>, to: Condition) -> Notice {
    let to = to.add(thread_participant::Column::ThreadId.eq(row.thread_id));
    let to = people::participants(&fact.everywhere(), to);
    Notice::new(text, Category::Message, (ThreadId::PREFIX, row.thread_id.0), to)
}

/// To those who may read the thread and have not read as far yet.
pub(super) async fn arrived(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    use thread_participant::Column;
    let Some(row) = message(db, fact).await? else { return Ok(Told::nothing()) };
    let thread = (row.thread_id, row.student_id, row.school_id);
    let company = Company::of(db, fact.on(), &[thread]).await?.remove(&row.thread_id).unwrap_or_default();
    let readers: Vec<PersonId> = company.guardians.into_iter().chain(company.staff).collect();
    let to = Condition::all()
        .add(Column::PersonId.is_in(readers))
        .add(Column::PersonId.ne(row.author_id))
        .add(Condition::any().add(Column::ReadUpTo.is_null()).add(Column::ReadUpTo.lt(row.arrives_at)));
    Ok(Told::telling([notice(Text::MessageArrived, &row, fact, to)]))
}

/// To who wrote it.
pub(super) async fn undeliverable(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let Some(row) = message(db, fact).await? else { return Ok(Told::nothing()) };
    let to = Condition::all().add(thread_participant::Column::PersonId.eq(row.author_id));
    Ok(Told::telling([notice(Text::MessageUndeliverable, &row, fact, to)]))
}

pub(super) fn read(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::reading([fact.id::<ThreadId>()?.0], fact.by()))
}
