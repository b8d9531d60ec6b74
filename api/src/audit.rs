//! Lines of the audit log. They are only ever added, and hold ids: no name, address, token or code.

use glans_entity::identity::audit::{ActiveModel, Entity};
use glans_entity::ids::{AuditId, BoardId};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::call::Write;
use crate::platform::error::Result;

/// Adds a line in the transaction of the deed, which is named as an event is: `guardianship.access_changed`. `board` is
/// none for what belongs to no board; `subject` is the TypeID of what it was done to.
pub async fn record(
    write: &Write<'_>,
    board: Option<BoardId>,
    deed: &'static str,
    subject: Option<String>,
) -> Result<()> {
    let call = write.call();
    let row = ActiveModel {
        id: Set(AuditId::new()),
        board_id: Set(board),
        actor: Set(call.standing().actor.id().unwrap_or_else(|| "anonymous".to_owned())),
        action: Set(deed.to_owned()),
        subject: Set(subject),
        request_id: Set(Some(call.request_id.clone())),
        at: Set(write.now()),
    };
    Entity::insert(row).exec_without_returning(write.db()).await?;
    Ok(())
}
