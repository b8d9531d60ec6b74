//! Conversations: each attendee hears of the own one, and nobody of that of another guardian.

use glans_entity::engagement::{agreement, conversation, conversation_attendee};
use glans_entity::ids::{ConversationId, PersonId};
use glans_entity::notifications::Category;
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::Scoped;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, PaginatorTrait, QueryFilter};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

/// The conversation in a field of the event.
pub(super) async fn in_field(
    db: &impl ConnectionTrait,
    fact: Fact<'_>,
    field: &str,
) -> Result<Option<conversation::Model>> {
    let id = conversation::Column::Id.eq(fact.named::<ConversationId>(field)?);
    Ok(conversation::Entity::within(&fact.everywhere()).filter(id).one(db).await?)
}

async fn of(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Option<conversation::Model>> {
    in_field(db, fact, "id").await
}

/// Whether it was still to come when the event happened. Also past ones are written down, and told nobody.
fn was_to_come(row: &conversation::Model, fact: Fact<'_>) -> bool {
    row.ends_at > fact.at()
}

/// Those who come but for who did it.
pub(super) fn others(row: &conversation::Model, fact: Fact<'_>, condition: Condition) -> SelectStatement {
    let of_it = condition.add(conversation_attendee::Column::ConversationId.eq(row.id));
    people::but(people::attendees(&fact.everywhere(), of_it), fact.by())
}

pub(super) fn notice(text: Text, row: &conversation::Model, to: SelectStatement) -> Notice {
    let about = (ConversationId::PREFIX, row.id.0);
    Notice::new(text, Category::Conversation, about, to).at(row.starts_at).until(row.ends_at)
}

pub(super) async fn scheduled(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let Some(row) = of(db, fact).await?.filter(|row| is_told(row, fact)) else { return Ok(Told::nothing()) };
    Ok(Told::telling([notice(Text::ConversationPlanned, &row, others(&row, fact, Condition::all()))]))
}

fn is_told(row: &conversation::Model, fact: Fact<'_>) -> bool {
    row.status == OccasionStatus::Planned && was_to_come(row, fact)
}

/// What was told of the earlier time does not hold any more.
pub(super) async fn moved(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let Some(row) = of(db, fact).await?.filter(|row| is_told(row, fact)) else { return Ok(Told::nothing()) };
    let told = notice(Text::ConversationMoved, &row, others(&row, fact, Condition::all()));
    Ok(Told::telling([told]).taking_back(row.id.0))
}

/// Another place or way is a move as well; that somebody comes less is nobody's business.
pub(super) async fn updated(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    if !fact.has("left") {
        return moved(db, fact).await;
    }
    let matter = fact.id::<ConversationId>()?.0;
    let left = fact.all::<PersonId>("left")?;
    Ok(left.into_iter().fold(Told::nothing(), |told, person| told.taking_back_from(matter, person)))
}

pub(super) async fn cancelled(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    cancelled_in(db, fact, "id").await
}

/// The conversation in a field of the event does not take place.
pub(super) async fn cancelled_in(db: &impl ConnectionTrait, fact: Fact<'_>, field: &str) -> Result<Told> {
    let Some(row) = in_field(db, fact, field).await? else { return Ok(Told::nothing()) };
    let notices = was_to_come(&row, fact)
        .then(|| notice(Text::ConversationCancelled, &row, others(&row, fact, Condition::all())));
    Ok(Told::telling(notices).taking_back(row.id.0))
}

/// The guardians who were invited read the record, and confirm what was agreed.
pub(super) async fn released(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let Some(row) = of(db, fact).await? else { return Ok(Told::nothing()) };
    let agreed = agreement::Column::ConversationId.eq(row.id);
    let agreements = agreement::Entity::within(&fact.everywhere()).filter(agreed).count(db).await?;
    let text = if agreements > 0 { Text::AgreementToConfirm } else { Text::ConversationRecorded };
    let guardians = Condition::all().add(conversation_attendee::Column::IsStaff.eq(false));
    let about = (ConversationId::PREFIX, row.id.0);
    let told = Notice::new(text, Category::Conversation, about, others(&row, fact, guardians));
    Ok(Told::telling([told]))
}

pub(super) fn answered(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::reading([fact.id::<ConversationId>()?.0], fact.by()))
}
