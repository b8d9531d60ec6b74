//! Marking as read.

use glans_entity::engagement::{RecipientKind, recipient};
use glans_entity::ids::ThreadId;
use uuid::Uuid;

use super::types::FeedReadInput;
use super::{rules, store};
use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::engagement::audience::receipts;
use crate::engagement::threads;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// Marks items as read, and answers how many are left. What is not addressed to the caller is refused by its place.
pub(super) async fn read(write: &Write<'_>, input: FeedReadInput) -> Result<i32> {
    let named = rules::named(&input.ids)?;
    let ids: Vec<Uuid> = named.iter().flatten().copied().collect();
    let own = store::own(write.db(), &write.scope(), &ids).await?;
    rules::must_be_among(&named, &own.iter().map(|row| row.item_id).collect())?;
    let mut boards: Vec<_> = own.iter().map(|row| row.board_id).collect();
    boards.sort_unstable();
    boards.dedup();
    for board in boards {
        let permit = write.authorize(Action::Answer, Place::board(board))?;
        let here: Vec<_> = own.iter().filter(|row| row.board_id == board).collect();
        let count = mark(write, &permit, &here).await?;
        if count > 0 {
            let ids: Vec<String> = here.iter().map(|row| row.item_id.to_string()).collect();
            let payload = serde_json::json!({ "items": ids, "person": permit.person() });
            write.emit(&permit, Event { kind: "feed.read", payload }).await?;
        }
    }
    let left = store::unread_count(write.db(), &write.scope(), write.now(), None).await?;
    Ok(i32::try_from(left).unwrap_or(i32::MAX))
}

/// Marks these rows as their own slices do: a thread is read up to now by who takes part.
async fn mark(write: &Write<'_>, permit: &Permit, rows: &[&recipient::Model]) -> Result<u64> {
    let (threads, others): (Vec<&recipient::Model>, Vec<_>) =
        rows.iter().partition(|row| row.kind == RecipientKind::Thread);
    let threads: Vec<ThreadId> = threads.into_iter().map(|row| ThreadId(row.item_id)).collect();
    let others: Vec<Uuid> = others.into_iter().map(|row| row.item_id).collect();
    let mut count = receipts::read_in_list(write.db(), permit, &write.scope(), &others, write.now()).await?;
    if let Some(person) = permit.person() {
        count += threads::store::read(write.db(), permit, &threads, person, write.now()).await?;
    }
    Ok(count)
}
