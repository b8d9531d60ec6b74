//! What happens to conversations by itself: guardians see a record when it is released.

use std::sync::Arc;

use glans_entity::engagement::conversation;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::store;
use crate::access::{Action, Place};
use crate::app::App;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

const JOB: &str = "conversations";

/// Lets guardians see the records whose time has come. It is their time that opens them; this tells phones and others of it.
pub async fn release(app: &Arc<App>) -> Result<usize> {
    let call = Call::system(app, JOB);
    let due = |now| {
        conversation::Entity::within(&Scope::system(call.today()))
            .filter(conversation::Column::ReleasedAt.is_null())
            .filter(conversation::Column::ReleaseAt.lte(now))
    };
    if due(call.now()).count(&*call.read().await?).await? == 0 {
        return Ok(0);
    }
    let write = call.write().await?;
    let released = due(write.now()).order_by_asc(conversation::Column::Id).lock_exclusive().all(write.db()).await?;
    let count = released.len();
    for row in released {
        let permit = write.authorize(Action::PartnershipWrite, Place::board(row.board_id))?;
        let row = conversation::Model { released_at: Some(write.now()), ..row };
        let row = store::update(write.db(), &permit, row, write.now()).await?;
        write.emit(&permit, Event::about("conversation.released", row.id)).await?;
    }
    write.commit().await?;
    Ok(count)
}
