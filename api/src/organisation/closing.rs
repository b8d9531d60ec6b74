//! What was closed keeps its history: nothing of it is changed, and nothing is put into it. Imports, which follow the register
//! and the records of the schools, do not ask.

use chrono::{DateTime, Utc};

use crate::platform::error::{Result, UserErrorCode, refuse};

/// Refuses, at `field`, what was closed.
pub fn in_use(archived_at: Option<DateTime<Utc>>, field: &str) -> Result<()> {
    if archived_at.is_none() {
        return Ok(());
    }
    let message = "This is closed: nothing of it can be changed, and nothing put into it, any more.";
    Err(refuse(UserErrorCode::Conflict, field, message))
}
