//! Announcements that appear at their time, where who wrote them still may let them.

use std::sync::Arc;

use glans_entity::engagement::{announcement, audience_target};
use glans_entity::ids::{AnnouncementId, BoardId};
use glans_entity::scope::Scope;

use super::{actions, store};
use crate::access::{Action, Place};
use crate::app::App;
use crate::call::{Call, Write};
use crate::engagement::audience::actions as audience;
use crate::platform::error::{Error, Result};
use crate::platform::rounds::in_vain;

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
                in_vain!(error, announcement = %id, "an announcement did not appear and is tried again");
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
    let places = if may { places(&write, &row).await? } else { None };
    if let Some(places) = &places {
        actions::appear(&write, &permit, row, places).await?;
    } else {
        actions::take_back(&write, &permit, row).await?;
    }
    write.commit().await?;
    Ok(places.is_some())
}

/// What an announcement is for, without what was closed since; none where that was all of it.
async fn places(write: &Write<'_>, row: &announcement::Model) -> Result<Option<Vec<audience_target::Model>>> {
    let stored = audience::stored(write, Action::FamiliesAddress, row.id.0, row.board_id).await;
    match stored.and_then(|targets| targets.rows_in_use(row.id.0)) {
        Ok(places) => Ok(Some(places)),
        Err(Error::Refused(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// What who wrote it may see and do today: nothing for who has no login any more.
async fn author(call: &Call, id: AnnouncementId, board: BoardId) -> Result<Arc<Scope>> {
    let account = store::author(&*call.read().await?, &call.scope(), id).await?;
    call.look_again().await;
    let Some(account) = account else { return Ok(Arc::new(Scope::nothing(call.today()))) };
    let app = call.app();
    Ok(Arc::clone(&app.standings.of_account(app, account, None, Some(board)).await?.scope))
}
