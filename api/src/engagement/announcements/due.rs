//! Announcements that appear at their time, where who wrote them still may let them.

use std::sync::Arc;

use glans_entity::ids::{AnnouncementId, BoardId};
use glans_entity::scope::Scope;

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
    let author = author(call, id, board).await?;
    let write = call.write().await?;
    let permit = write.authorize(Action::FamiliesAddress, Place::board(board))?;
    let Some(row) = store::claim(write.db(), &write.scope(), id, write.now()).await? else { return Ok(false) };
    let may = store::may_appear(write.db(), &author, &row).await?;
    if may {
        actions::appear(&write, &permit, row).await?;
    } else {
        actions::take_back(&write, &permit, row).await?;
    }
    write.commit().await?;
    Ok(may)
}

/// What who wrote it may see and do today: nothing for who has no login any more.
async fn author(call: &Call, id: AnnouncementId, board: BoardId) -> Result<Arc<Scope>> {
    let account = store::author(&*call.read().await?, &call.scope(), id).await?;
    call.look_again().await;
    let Some(account) = account else { return Ok(Arc::new(Scope::nothing(call.today()))) };
    let app = call.app();
    Ok(Arc::clone(&app.standings.of_account(app, account, None, Some(board)).await?.scope))
}
