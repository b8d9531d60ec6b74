//! Marking as read.

use glans_entity::ids::parse_any;
use uuid::Uuid;

use super::store;
use super::types::FeedReadInput;
use crate::access::{Action, Place};
use crate::call::Write;
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};
use crate::platform::outbox::Event;

const MOST: usize = 100;

/// Marks items as read, and answers how many are left. What is not addressed to the caller is refused by its place.
pub(super) async fn read(write: &Write<'_>, input: FeedReadInput) -> Result<i32> {
    if input.ids.is_empty() || input.ids.len() > MOST {
        return Err(refuse(UserErrorCode::Invalid, "ids", format!("Give 1 to {MOST} ids.")));
    }
    let ids: Vec<Uuid> = input.ids.iter().filter_map(|id| parse_any(id)).map(|(_, id)| id).collect();
    let own = store::own(write.db(), &write.scope(), &ids).await?;
    if ids.len() < input.ids.len() || ids.iter().any(|id| !own.iter().any(|row| row.item_id == *id)) {
        return Err(not_found("ids"));
    }
    let mut boards: Vec<_> = own.iter().map(|row| row.board_id).collect();
    boards.sort_unstable();
    boards.dedup();
    for board in boards {
        let permit = write.authorize(Action::Answer, Place::board(board))?;
        let here: Vec<Uuid> = own.iter().filter(|row| row.board_id == board).map(|row| row.item_id).collect();
        if store::read(write.db(), &permit, &write.scope(), &here, write.now()).await? > 0 {
            let ids: Vec<String> = here.iter().map(Uuid::to_string).collect();
            let payload = serde_json::json!({ "items": ids, "person": permit.person() });
            write.emit(&permit, Event { kind: "feed.read", payload }).await?;
        }
    }
    let left = store::unread_count(write.db(), &write.scope(), None).await?;
    Ok(i32::try_from(left).unwrap_or(i32::MAX))
}
