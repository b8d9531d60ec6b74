//! What goes with a right that ends: a guardian who may not have everything of a child any more comes to none of its
//! conversations and to no event about it, and what was booked or held for the guardian is free again. The other guardians
//! keep what is theirs, and nothing tells them why one comes less. Who was invited as a colleague and works at none of the
//! places any more gives the place back as well.

mod store;

pub use store::invited_still;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use glans_entity::engagement::{EventStatus, conversation, event_response};
use glans_entity::ids::{ConversationId, PersonId, StudentId};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::Scope;

use crate::access::{Action, Permit, Place};
use crate::app::App;
use crate::call::{Call, Write};
use crate::engagement::partnerships::Family;
use crate::engagement::{conversations, events};
use crate::people::students;
use crate::platform::error::Result;
use crate::platform::outbox::Event;
use crate::platform::rounds::in_vain;

/// Goes through what is to come: how much was left. `since`: only where a guardianship or a role of the person was
/// written later; else everywhere, as a day that passes ends rights as well.
///
/// Each conversation and each answer in a transaction of its own, so that one that fails keeps no other.
pub async fn take_leave(app: &Arc<App>, since: Option<DateTime<Utc>>) -> Result<usize> {
    let call = Call::system(app, "custody");
    let (now, today) = (call.now(), call.today());
    let db = call.read().await?;
    let mut talks = store::talks(&*db, today, now, since).await?;
    let mut together = store::together(&*db, today, now, since).await?;
    let families = Family::of(&*db, today, &together).await?;
    together.retain(|student| families.get(student).is_some_and(|family| family.apart));
    let guests = store::guests(&*db, today, now, since).await?;
    drop(db);
    call.look_again().await;
    talks.dedup();
    let mut count = 0;
    for (talk, student) in talks {
        match let_go(&call, talk, student).await {
            Ok(left) => count += left,
            Err(error) => in_vain!(error, conversation = %talk, "a guardian did not leave and is tried again"),
        }
    }
    for student in together {
        match part(&call, student).await {
            Ok(parted) => count += usize::from(parted),
            Err(error) => in_vain!(error, %student, "a family was not parted and is tried again"),
        }
    }
    for guest in guests {
        match give_back(&call, &guest).await {
            Ok(left) => count += left,
            Err(error) => {
                in_vain!(error, event = %guest.event_id, "a place did not come free and is tried again");
            }
        }
    }
    Ok(count)
}

/// How many left: none where another process was first, or the conversation was held or cancelled meanwhile.
async fn let_go(call: &Call, id: ConversationId, student: StudentId) -> Result<usize> {
    let write = call.write().await?;
    let everywhere = Scope::system(call.today());
    students::store::lock(write.db(), &everywhere, student).await?;
    let Some(row) = conversations::store::lock(write.db(), &everywhere, id).await? else { return Ok(0) };
    if row.status != OccasionStatus::Planned {
        return Ok(0);
    }
    let permit = write.authorize(Action::PartnershipWrite, Place::board(row.board_id))?;
    let leaving = store::leaving(write.db(), call.today(), id).await?;
    let count = leave(&write, &permit, row, &leaving).await?;
    write.commit().await?;
    Ok(count)
}

/// Parts what is planned for guardians together who talk apart by now, as the school or a right says, and not they.
async fn part(call: &Call, student: StudentId) -> Result<bool> {
    let write = call.write().await?;
    let everywhere = Scope::system(call.today());
    let Some(row) = students::store::lock(write.db(), &everywhere, student).await? else { return Ok(false) };
    let family = Family::of(write.db(), call.today(), &[student]).await?.remove(&student).unwrap_or_default();
    if !family.apart {
        return Ok(false);
    }
    let permit = write.authorize(Action::PartnershipWrite, Place::board(row.board_id))?;
    conversations::part(&write, &permit, student).await?;
    write.commit().await?;
    Ok(true)
}

/// Takes guardians out of a planned conversation that is locked; where no guardian is left it is cancelled. How many left.
pub async fn leave(
    write: &Write<'_>,
    permit: &Permit,
    mut row: conversation::Model,
    leaving: &[PersonId],
) -> Result<usize> {
    let count = store::uninvite(write.db(), permit, row.id, leaving).await?;
    if count == 0 {
        return Ok(0);
    }
    let everywhere = Scope::system(write.call().today());
    let left = conversations::store::attendees(write.db(), &everywhere, &[row.id]).await?;
    let other = left.iter().find(|attendee| !attendee.is_staff).map(|attendee| attendee.person_id);
    match other {
        Some(other) => store::hand_over(write.db(), permit, row.id, leaving, other).await?,
        // The slot is free again (a trigger).
        None => row.status = OccasionStatus::Cancelled,
    }
    let row = conversations::store::update(write.db(), permit, row, write.now()).await?;
    let event = if other.is_none() { "conversation.cancelled" } else { "conversation.updated" };
    // Those who left are told nothing: what they were told of it before is taken back.
    let payload = serde_json::json!({ "id": row.id, "left": leaving });
    write.emit(permit, Event { kind: event, payload }).await?;
    Ok(count)
}

/// How many answers were taken back: none where another process was first, or the guest is invited again.
async fn give_back(call: &Call, guest: &event_response::Model) -> Result<usize> {
    let write = call.write().await?;
    let permit = write.authorize(Action::FamiliesAddress, Place::board(guest.board_id))?;
    let (event, person) = (guest.event_id, guest.person_id);
    let row = events::store::lock(write.db(), &Scope::system(call.today()), event).await?;
    if row.is_none_or(|row| row.status != EventStatus::Planned || row.starts_at <= write.now()) {
        return Ok(0);
    }
    if !store::is_uninvited(write.db(), call.today(), event, person).await? {
        return Ok(0);
    }
    let count = events::give_back(&write, &permit, event, person).await?;
    write.commit().await?;
    Ok(count)
}
