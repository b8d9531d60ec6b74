//! What must hold whoever changes a membership.

use glans_entity::ids::{BoardId, PersonId};
use glans_entity::scope::Scope;

use super::store;
use crate::call::Write;
use crate::organisation::boards;
use crate::platform::error::{Result, UserErrorCode, refuse};

/// Refuses when nobody but `leaving` administers `board` today: such a board could never be administered again. The board
/// is held first, so that two administrators cannot take each other's role at the same time.
pub async fn keep_one_administrator(write: &Write<'_>, board: BoardId, leaving: PersonId) -> Result<()> {
    let everything = Scope::system(write.call().today());
    boards::store::hold(write.db(), board).await?;
    if store::is_administered_without(write.db(), &everything, board, leaving).await? {
        return Ok(());
    }
    let message = "This is the last administrator of the board. Make somebody else administrator first.";
    Err(refuse(UserErrorCode::Conflict, "id", message))
}
