//! How old a cursor may be.

use chrono::{DateTime, TimeDelta, Utc};

use crate::platform::error::{Code, Result, coded};

/// How long somebody can come back to where they were.
pub const KEPT: TimeDelta = TimeDelta::days(7);

/// Refuses the cursor of what was told at `at`, where that is too long ago: `anew` is to be read instead.
pub fn must_be_kept(at: DateTime<Utc>, now: DateTime<Utc>, anew: &str) -> Result<()> {
    if at + KEPT < now {
        return Err(coded(
            Code::ResyncRequired,
            format!("This cursor is older than seven days. Read {anew}, and follow anew."),
        ));
    }
    Ok(())
}
