//! Rounds in which conversations are booked, and what is booked in them.

use glans_entity::engagement::{BookingRoundStatus, booking_round, conversation_attendee, recipient, slot};
use glans_entity::ids::{BookingRoundId, ConversationId, PersonId, SlotId, StudentId};
use glans_entity::notifications::{Category, notification};
use glans_entity::people::person;
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QuerySelect, QueryTrait};

use super::fact::Fact;
use super::{Notice, Text, Told, conversations, people};
use crate::engagement::bookings::unbooked::to_remind;
use crate::platform::error::Result;

/// The round, while it is open.
async fn open_still(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Option<booking_round::Model>> {
    use booking_round::Column;
    let row = booking_round::Entity::within(&fact.everywhere())
        .filter(Column::Id.eq(fact.id::<BookingRoundId>()?))
        .filter(Column::Status.eq(BookingRoundStatus::Open));
    Ok(row.one(db).await?)
}

/// A word to guardians about a round.
pub(in crate::notifications) fn notice(text: Text, round: &booking_round::Model, to: SelectStatement) -> Notice {
    let about = (BookingRoundId::PREFIX, round.id.0);
    Notice::new(text, Category::Conversation, about, to).at(round.closes_at).until(round.closes_at)
}

/// To the guardians of the groups. A round that opens later is told of when it does.
pub(super) async fn opened(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let open = open_still(db, fact).await?.filter(|round| round.opens_at <= fact.at());
    let Some(round) = open else { return Ok(Told::nothing()) };
    let to = people::but(people::addressed(&fact.everywhere(), round.id.0), fact.by());
    Ok(Told::telling([notice(Text::BookingOpened, &round, to)]))
}

/// To those who came to the groups since the round opened.
pub(super) async fn updated(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let open = open_still(db, fact).await?.filter(|round| round.opens_at <= fact.at());
    let Some(round) = open else { return Ok(Told::nothing()) };
    let to = people::but(untold(&fact.everywhere(), round.id, &fact.source(), Condition::all()), fact.by());
    Ok(Told::telling([notice(Text::BookingOpened, &round, to)]))
}

/// The guardians of the groups, but for those who have a notification of the round that meets the condition. What comes from
/// `source` does not count: who is told now is asked for again when their children are noted.
pub(in crate::notifications) fn untold(
    everywhere: &Scope,
    round: BookingRoundId,
    source: &str,
    what: Condition,
) -> SelectStatement {
    let known = notification::Entity::within(everywhere)
        .select_only()
        .column(notification::Column::PersonId)
        .filter(notification::Column::AboutId.eq(round.0))
        .filter(notification::Column::Source.ne(source))
        .filter(what);
    let new = Condition::all().add(recipient::Column::PersonId.not_in_subquery(known.into_query()));
    people::addressed_where(everywhere, round.0, new)
}

/// To those whom the school named, about the children for whom they have yet to book.
pub(super) async fn reminded(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let Some(round) = open_still(db, fact).await? else { return Ok(Told::nothing()) };
    let named = fact.all::<PersonId>("guardians")?;
    let everywhere = fact.everywhere();
    let open = to_remind(db, &everywhere, std::slice::from_ref(&round)).await?.remove(&round.id).unwrap_or_default();
    let own = |guardians: Vec<PersonId>| guardians.into_iter().filter(|guardian| named.contains(guardian)).collect();
    let pairs: Vec<(StudentId, Vec<PersonId>)> =
        open.into_iter().map(|child| (child.student, own(child.guardians))).collect();
    let to = people::each_about(&everywhere, &pairs);
    Ok(Told::telling(to.map(|to| notice(Text::BookingReminder, &round, to))))
}

/// To those who come to its conversations, one word for all of them.
pub(super) fn cancelled(fact: Fact<'_>) -> Result<Told> {
    let round = fact.id::<BookingRoundId>()?.0;
    let talks = fact.all::<ConversationId>("conversations")?;
    let told = talks.iter().fold(Told::nothing().taking_back(round), |told, talk| told.taking_back(talk.0));
    if talks.is_empty() {
        return Ok(told);
    }
    let coming = Condition::all().add(conversation_attendee::Column::ConversationId.is_in(talks));
    let to = people::but(people::attendees(&fact.everywhere(), coming), fact.by());
    let about = (BookingRoundId::PREFIX, round);
    Ok(Told { notices: vec![Notice::new(Text::ConversationCancelled, Category::Conversation, about, to)], ..told })
}

/// The teacher hears of a booking, and the other guardian of a conversation.
pub(super) async fn booked(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let talk = conversations::in_field(db, fact, "conversation").await?;
    let Some(talk) = talk.filter(|talk| talk.status == OccasionStatus::Planned) else { return Ok(Told::nothing()) };
    let side = |is_staff: bool| {
        let side = Condition::all().add(conversation_attendee::Column::IsStaff.eq(is_staff));
        conversations::others(&talk, fact, side)
    };
    let notices = [
        conversations::notice(Text::ConversationBooked, &talk, side(true)),
        conversations::notice(Text::ConversationPlanned, &talk, side(false)),
    ];
    let round = round_of(db, fact).await?.map(|round| round.0);
    Ok(Told { notices: notices.into(), ..Told::reading(round, fact.by()) })
}

/// The round of the slot.
async fn round_of(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Option<BookingRoundId>> {
    let slot = slot::Entity::within(&fact.everywhere()).filter(slot::Column::Id.eq(fact.id::<SlotId>()?));
    Ok(slot.one(db).await?.map(|slot| slot.round_id))
}

/// Who gave the earlier slot, where it was another one, has it free again: the conversation at its new time is none of
/// theirs.
pub(super) async fn moved(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let talk = conversations::in_field(db, fact, "conversation").await?;
    let Some(talk) = talk.filter(|talk| talk.status == OccasionStatus::Planned) else { return Ok(Told::nothing()) };
    let to = conversations::others(&talk, fact, Condition::all());
    let mut notices = vec![conversations::notice(Text::ConversationMoved, &talk, to)];
    let before: PersonId = fact.named("teacher")?;
    if before != talk.staff_id
        && Some(before) != fact.by()
        && let Some(round) = round_of(db, fact).await?
    {
        let to = people::colleagues(&fact.everywhere(), Condition::all().add(person::Column::Id.eq(before)));
        let about = (BookingRoundId::PREFIX, round.0);
        notices.push(Notice::new(Text::ConversationCancelled, Category::Conversation, about, to));
    }
    Ok(Told::telling(notices).taking_back(talk.id.0))
}

pub(super) async fn released(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    conversations::cancelled_in(db, fact, "conversation").await
}
