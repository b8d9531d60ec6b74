//! What goes with a right that ends: a guardian who may not have everything of a child any more comes to none of its
//! conversations and to no event about it, and what was booked or held for the guardian is free again. The other guardians
//! keep what is theirs, and nothing tells them why one comes less.

mod store;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use glans_entity::engagement::{conversation, conversation_attendee};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::Scope;

use crate::access::{Action, Place};
use crate::app::App;
use crate::call::{Call, Write};
use crate::engagement::{conversations, events};
use crate::loaders::group;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// Goes through what is to come: how much was left. `since`: only where a guardianship of the guardian was written later;
/// else everywhere, as a day that passes ends rights as well.
pub async fn take_leave(app: &Arc<App>, since: Option<DateTime<Utc>>) -> Result<usize> {
    let call = Call::system(app, "custody");
    let (now, today) = (call.now(), call.today());
    let db = call.read().await?;
    let (attendees, guests) =
        (store::attendees(&*db, today, now, since).await?, store::guests(&*db, today, now, since).await?);
    drop(db);
    if attendees.is_empty() && guests.is_empty() {
        return Ok(0);
    }
    let write = call.write().await?;
    let attendees = store::attendees(write.db(), today, now, since).await?;
    let guests = store::guests(write.db(), today, now, since).await?;
    let mut count = 0;
    let mut by_conversation: Vec<_> = group(attendees, |row| row.conversation_id).into_iter().collect();
    by_conversation.sort_unstable_by_key(|(id, _)| *id);
    for (id, leaving) in by_conversation {
        let Some(row) = conversations::store::lock(write.db(), &Scope::system(today), id).await? else { continue };
        count += leave(&write, row, &leaving).await?;
    }
    let permit = write.authorize(Action::FamiliesAddress, Place::default())?;
    for guest in guests {
        count += events::give_back(&write, &permit, guest.event_id, guest.person_id).await?;
    }
    write.commit().await?;
    Ok(count)
}

/// How many left: none where another process was first.
async fn leave(write: &Write<'_>, row: conversation::Model, leaving: &[conversation_attendee::Model]) -> Result<usize> {
    let permit = write.authorize(Action::PartnershipWrite, Place::board(row.board_id))?;
    let leaving: Vec<_> = leaving.iter().map(|attendee| attendee.person_id).collect();
    let left_now = store::uninvite(write.db(), &permit, row.id, &leaving).await?;
    if left_now == 0 {
        return Ok(0);
    }
    let everywhere = Scope::system(write.call().today());
    let left = conversations::store::attendees(write.db(), &everywhere, &[row.id]).await?;
    let other = left.iter().find(|attendee| !attendee.is_staff).map(|attendee| attendee.person_id);
    let mut row = row;
    match other {
        Some(other) => store::hand_over(write.db(), &permit, row.id, &leaving, other).await?,
        // The slot is free again (a trigger).
        None => row.status = OccasionStatus::Cancelled,
    }
    let row = conversations::store::update(write.db(), &permit, row, write.now()).await?;
    let event = if other.is_none() { "conversation.cancelled" } else { "conversation.updated" };
    write.emit(&permit, Event::about(event, row.id)).await?;
    Ok(left_now)
}
