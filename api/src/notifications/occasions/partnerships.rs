//! Agreements and goals.

use glans_entity::engagement::{agreement, goal};
use glans_entity::ids::{AgreementId, GoalId};
use glans_entity::notifications::Category;
use glans_entity::people::person;
use glans_entity::scope::Scoped;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::engagement::threads::company::Around;
use crate::platform::error::Result;

/// Who answered an agreement has read of it, and of the record in which it stands.
pub(super) async fn answered(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let id: AgreementId = fact.id()?;
    let row = agreement::Entity::within(&fact.everywhere()).filter(agreement::Column::Id.eq(id)).one(db).await?;
    let record = row.map(|row| row.conversation_id.0);
    Ok(Told::reading(record.into_iter().chain([id.0]), fact.by()))
}

/// To the guardians, who are to agree; to those who answer for the child at school as well, where a guardian proposes it.
pub(super) async fn proposed(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let (id, everywhere) = (fact.id::<GoalId>()?, fact.everywhere());
    let row = goal::Entity::within(&everywhere).filter(goal::Column::Id.eq(id)).one(db).await?;
    let Some(row) = row else { return Ok(Told::nothing()) };
    let around = Around::of(db, fact.on(), &[row.student_id]).await?.remove(&row.student_id).unwrap_or_default();
    let mut to = people::guardians_of(&everywhere, row.student_id);
    if around.family.entitled.contains(&row.author_id) {
        let answering = person::Column::Id.is_in(around.who_answers().iter().copied());
        to = people::and(to, people::colleagues(&everywhere, Condition::all().add(answering)));
    }
    let to = people::but(to, [row.author_id]);
    Ok(Told::telling([Notice::new(Text::GoalProposed, Category::Conversation, (GoalId::PREFIX, id.0), to)]))
}

pub(super) fn agreed(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::reading([fact.id::<GoalId>()?.0], fact.by()))
}
