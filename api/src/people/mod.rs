//! People: persons as a board knows them, students, guardianships and memberships.

pub mod rights;

use glans_entity::ids::BoardId;

use crate::call::Write;
use crate::platform::error::Result;

/// Makes the caller an administrator of `board`.
pub async fn administer(_write: &Write<'_>, _board: BoardId) -> Result<()> {
    Ok(())
}
