//! What was closed keeps its history: nothing of it is changed, and nothing is put into it. Imports, which follow the register
//! and the records of the schools, do not ask.
//!
//! This is about a school as a place: its rules, booking rounds, consents, events, experiences and whatever else comes into
//! it. What the people of a child there say to each other goes on until the child has left: nobody asks here for threads,
//! conversations, goals, moments, concerns, absences, bookings of times that were given, or answers to what is open.

use chrono::{DateTime, Utc};
use glans_entity::ids::SchoolId;
use glans_entity::scope::Scope;

use crate::call::Write;
use crate::organisation::schools;
use crate::platform::error::{Error, Result, UserErrorCode, refuse};

/// What is told of a school that was closed, where it is not the school that is named.
const SCHOOL: &str = "The school was closed: nothing can be put into it any more.";

/// Refuses, at `field`, what was closed.
pub fn in_use(archived_at: Option<DateTime<Utc>>, field: &str) -> Result<()> {
    if archived_at.is_none() {
        return Ok(());
    }
    let message = "This is closed: nothing of it can be changed, and nothing put into it, any more.";
    Err(refuse(UserErrorCode::Conflict, field, message))
}

/// As [`in_use`], for the school of what is named there, which need not be in sight, as that of a student.
pub async fn school_in_use(write: &Write<'_>, school: SchoolId, field: &str) -> Result<()> {
    let everywhere = Scope::system(write.call().today());
    let school = schools::store::by_id(write.db(), &everywhere, school).await?;
    let school = school.ok_or_else(|| Error::fault("something in a school that is not there"))?;
    match school.archived_at {
        None => Ok(()),
        Some(_) => Err(refuse(UserErrorCode::Conflict, field, SCHOOL)),
    }
}
