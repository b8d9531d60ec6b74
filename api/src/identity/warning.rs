//! What becomes of a login is told to whose it is, in case it was somebody else.

use glans_entity::ids::AccountId;
use glans_entity::scope::Scope;
use serde_json::json;

use super::passwords::store;
use crate::call::Write;
use crate::platform::error::Result;
use crate::platform::outbox::{self, Event};

/// Says that `kind` happened to `account`, or to what `id` names of it. Whom no board knows has nowhere to read it.
pub(super) async fn warn(
    write: &Write<'_>,
    account: AccountId,
    kind: &'static str,
    id: impl std::fmt::Display,
) -> Result<()> {
    let everywhere = Scope::system(write.call().today());
    let Some((board, person)) = store::person_of(write.db(), &everywhere, account).await? else { return Ok(()) };
    let event = Event { kind, payload: json!({ "id": id.to_string(), "person": person }) };
    Ok(outbox::emit(write.db(), Some(board), event, write.now()).await?)
}
