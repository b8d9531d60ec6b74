//! Messages.

use glans_entity::engagement::{message, thread, thread_participant};
use glans_entity::ids::{MessageId, PersonId, SchoolId, StudentId, ThreadId};
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

/// To those of the thread whom the condition names.
fn notice(text: Text, thread: ThreadId, fact: Fact<'_>, to: Condition) -> Notice {
    let to = people::participants(&fact.everywhere(), to.add(thread_participant::Column::ThreadId.eq(thread)));
    Notice::new(text, Category::Message, (ThreadId::PREFIX, thread.0), to)
}

async fn company(db: &impl ConnectionTrait, fact: Fact<'_>, of: (ThreadId, StudentId, SchoolId)) -> Result<Company> {
    Ok(Company::of(db, fact.on(), &[of]).await?.remove(&of.0).unwrap_or_default())
}

/// To those who may read the thread and have not read as far yet.
pub(super) async fn arrived(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    use thread_participant::Column;
    let Some(row) = message(db, fact).await? else { return Ok(Told::nothing()) };
    let company = company(db, fact, (row.thread_id, row.student_id, row.school_id)).await?;
    let readers: Vec<PersonId> = company.guardians.into_iter().chain(company.staff).collect();
    let to = Condition::all()
        .add(Column::PersonId.is_in(readers))
        .add(Column::PersonId.ne(row.author_id))
        .add(Condition::any().add(Column::ReadUpTo.is_null()).add(Column::ReadUpTo.lt(row.arrives_at)));
    // Who reads a thread reads it up to a moment at which something arrived.
    Ok(Told::telling([notice(Text::MessageArrived, row.thread_id, fact, to).of(row.arrives_at)]))
}

/// To who goes on in the place of staff that has gone, and has read nothing of the thread yet.
pub(super) async fn taken_on(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    use thread_participant::Column;
    let id = thread::Column::Id.eq(fact.id::<ThreadId>()?);
    let row = thread::Entity::within(&fact.everywhere()).filter(id).one(db).await?;
    let Some(row) = row else { return Ok(Told::nothing()) };
    let company = company(db, fact, (row.id, row.student_id, row.school_id)).await?;
    let to = Condition::all()
        .add(Column::IsStaff.eq(true))
        .add(Column::PersonId.is_in(company.staff))
        .add(Column::ReadUpTo.is_null());
    Ok(Told::telling([notice(Text::MessageArrived, row.id, fact, to).of(row.last_at)]))
}

/// To who wrote it.
pub(super) async fn undeliverable(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let Some(row) = message(db, fact).await? else { return Ok(Told::nothing()) };
    let to = Condition::all().add(thread_participant::Column::PersonId.eq(row.author_id));
    // It is read with the thread, up to this message.
    Ok(Told::telling([notice(Text::MessageUndeliverable, row.thread_id, fact, to).of(row.arrives_at)]))
}

/// As far as somebody has read: of the later messages they are told still.
pub(super) async fn read(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    use thread_participant::Column;
    let id = fact.id::<ThreadId>()?;
    let Some(reader) = fact.by() else { return Ok(Told::nothing()) };
    let own = thread_participant::Entity::within(&fact.everywhere())
        .filter(Column::ThreadId.eq(id))
        .filter(Column::PersonId.eq(reader));
    let up_to = own.one(db).await?.and_then(|part| part.read_up_to);
    Ok(up_to.map_or_else(Told::nothing, |up_to| Told::reading_up_to(id.0, reader, up_to)))
}
