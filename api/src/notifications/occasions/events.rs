//! Events to come to.

use glans_entity::engagement::{EventStatus, Rsvp, event, event_response, recipient};
use glans_entity::ids::{EventId, PersonId};
use glans_entity::notifications::Category;
use glans_entity::scope::Scoped;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QuerySelect, QueryTrait};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

/// The event, if it was still to come.
async fn to_come(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Option<event::Model>> {
    let id = event::Column::Id.eq(fact.id::<EventId>()?);
    let row = event::Entity::within(&fact.everywhere()).filter(id).one(db).await?;
    Ok(row.filter(|row| row.ends_at > fact.at()))
}

fn notice(text: Text, row: &event::Model, to: SelectStatement) -> Notice {
    Notice::new(text, Category::Event, (EventId::PREFIX, row.id.0), to).at(row.starts_at).until(row.ends_at)
}

/// To all who are invited.
pub(super) async fn created(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let row = to_come(db, fact).await?.filter(|row| row.status == EventStatus::Planned);
    let Some(row) = row else { return Ok(Told::nothing()) };
    let to = people::but(people::addressed(&fact.everywhere(), row.id.0), [row.author_id]);
    Ok(Told::telling([notice(Text::EventInvited, &row, to)]))
}

/// Those who are invited and did not say that they stay away, but for who did it.
fn who_may_come(row: &event::Model, fact: Fact<'_>) -> SelectStatement {
    let everywhere = fact.everywhere();
    let staying_away = event_response::Entity::within(&everywhere)
        .select_only()
        .column(event_response::Column::PersonId)
        .filter(event_response::Column::EventId.eq(row.id))
        .filter(event_response::Column::Answer.eq(Rsvp::No));
    let others = Condition::all().add(recipient::Column::PersonId.not_in_subquery(staying_away.into_query()));
    people::but(people::addressed_where(&everywhere, row.id.0, others), fact.by())
}

pub(super) async fn updated(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let row = to_come(db, fact).await?.filter(|row| row.status == EventStatus::Planned);
    let Some(row) = row else { return Ok(Told::nothing()) };
    Ok(Told::telling([notice(Text::EventChanged, &row, who_may_come(&row, fact))]).taking_back(row.id.0))
}

pub(super) async fn cancelled(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let row = to_come(db, fact).await?;
    let notices = row.map(|row| notice(Text::EventCancelled, &row, who_may_come(&row, fact)));
    Ok(Told::telling(notices).taking_back(fact.id::<EventId>()?.0))
}

/// To those who waited and have a place now.
pub(super) async fn moved_up(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let row = to_come(db, fact).await?.filter(|row| row.status == EventStatus::Planned);
    let Some(row) = row else { return Ok(Told::nothing()) };
    let seated = Condition::all().add(recipient::Column::PersonId.is_in(fact.all::<PersonId>("persons")?));
    let to = people::addressed_where(&fact.everywhere(), row.id.0, seated);
    Ok(Told::telling([notice(Text::EventMovedUp, &row, to)]))
}

pub(super) fn answered(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::reading([fact.id::<EventId>()?.0], fact.perhaps("person")))
}
