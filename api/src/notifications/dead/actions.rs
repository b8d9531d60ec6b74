//! Trying again.

use glans_entity::ids::DeliveryId;

use super::store;
use super::types::DeadDeliveriesReplayInput;
use crate::access::{Action, Place};
use crate::call::Write;
use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

/// Deliveries that are named at once.
const MOST: usize = 100;

pub(super) async fn replay(write: &Write<'_>, input: DeadDeliveriesReplayInput) -> Result<i32> {
    if input.ids.is_empty() || input.ids.len() > MOST {
        return Err(refuse(UserErrorCode::Invalid, "ids", format!("Give 1 to {MOST} ids.")));
    }
    // An id of something else is that of no delivery.
    let ids: Vec<DeliveryId> = input.ids.iter().map(|id| id.parse().unwrap_or_else(|_| DeliveryId::new())).collect();
    let known = store::by_ids(write.db(), &write.scope(), &ids).await?;
    let mut checks = Checks::default();
    for (position, id) in ids.iter().enumerate() {
        if known.iter().all(|row| row.id != *id) {
            let message = "There is no such delivery that was given up.";
            checks.add(UserErrorCode::NotFound, &format!("ids.{position}"), message);
        }
    }
    checks.done(())?;
    for board in known.iter().filter_map(|row| row.board_id).collect::<std::collections::BTreeSet<_>>() {
        write.authorize(Action::BoardUpdate, Place::board(board))?;
    }
    let replayed = store::replay(write.db(), &write.scope(), Some(&ids), write.now()).await?;
    Ok(i32::try_from(replayed).unwrap_or(i32::MAX))
}
