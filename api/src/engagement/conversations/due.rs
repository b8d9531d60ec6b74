//! What happens to conversations by itself: guardians see a record when it is released.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use glans_entity::engagement::conversation::{Column, Entity, Model};
use glans_entity::ids::ConversationId;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::store;
use crate::access::{Action, Place};
use crate::app::App;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::outbox::Event;
use crate::platform::rounds::in_vain;

const JOB: &str = "conversations";
/// Conversations in one round at most; the others are next.
const MOST: u64 = 100;

/// Lets guardians see the records whose time has come: how many. It is their time that opens them; this tells phones and
/// others of it. Each in a transaction of its own, so that one that fails keeps no other.
pub async fn release(app: &Arc<App>) -> Result<usize> {
    let call = Call::system(app, JOB);
    let rows = due(&call.scope(), call.now()).order_by_asc(Column::ReleaseAt).order_by_asc(Column::Id).limit(MOST);
    let rows: Vec<Model> = rows.all(&*call.read().await?).await?;
    call.look_again().await;
    let mut released = 0;
    for Model { id, .. } in rows {
        match release_one(&call, id).await {
            Ok(true) => released += 1,
            Ok(false) => {}
            Err(error) => in_vain!(error, conversation = %id, "a record was not released and is tried again"),
        }
    }
    Ok(released)
}

/// Whether it was: not where another process was first.
async fn release_one(call: &Call, id: ConversationId) -> Result<bool> {
    let write = call.write().await?;
    let row = due(&write.scope(), write.now()).filter(Column::Id.eq(id)).lock_exclusive().one(write.db()).await?;
    let Some(row) = row else { return Ok(false) };
    let permit = write.authorize(Action::PartnershipWrite, Place::board(row.board_id))?;
    let row = Model { released_at: Some(write.now()), ..row };
    let row = store::update(write.db(), &permit, row, write.now()).await?;
    write.emit(&permit, Event::about("conversation.released", row.id)).await?;
    write.commit().await?;
    Ok(true)
}

fn due(scope: &Scope, now: DateTime<Utc>) -> Select<Entity> {
    Entity::within(scope).filter(Column::ReleasedAt.is_null()).filter(Column::ReleaseAt.lte(now))
}
