//! Announcements that appear at their time.

use std::sync::Arc;

use glans_entity::ids::{AnnouncementId, BoardId};

use super::{actions, store};
use crate::access::{Action, Place};
use crate::app::App;
use crate::call::Call;
use crate::platform::error::Result;

/// Announcements in one round at most; the others are next.
const MOST: u64 = 100;

/// Lets everything appear that is due; how many did. Each in a transaction of its own and under its lock, so that two
/// processes never let one appear twice, and one that fails keeps no other.
pub async fn publish(app: &Arc<App>) -> Result<usize> {
    let call = Call::system(app, "announcements");
    let due = store::due(&*call.read().await?, &call.scope(), call.now(), MOST).await?;
    call.look_again().await;
    let mut appeared = 0;
    for (id, board) in due {
        match publish_one(&call, id, board).await {
            Ok(true) => appeared += 1,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(?error, announcement = %id, "an announcement did not appear and is tried again");
            }
        }
    }
    Ok(appeared)
}

async fn publish_one(call: &Call, id: AnnouncementId, board: BoardId) -> Result<bool> {
    let write = call.write().await?;
    let permit = write.authorize(Action::FamiliesAddress, Place::board(board))?;
    let Some(row) = store::claim(write.db(), &write.scope(), id, write.now()).await? else { return Ok(false) };
    actions::appear(&write, &permit, row).await?;
    write.commit().await?;
    Ok(true)
}
