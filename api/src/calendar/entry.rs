//! One thing of a calendar.

use chrono::{DateTime, Utc};
use icalendar::{Component, Event, EventLike, EventStatus};

/// What a calendar shows of something to come to.
pub(super) struct Entry<'r> {
    pub uid: String,
    pub span: (DateTime<Utc>, DateTime<Utc>),
    pub summary: String,
    pub description: String,
    pub location: Option<&'r str>,
    pub is_cancelled: bool,
    /// When it was made and changed last, and how often it was written.
    pub changed: (DateTime<Utc>, DateTime<Utc>, i32),
}

impl From<Entry<'_>> for Event {
    fn from(entry: Entry<'_>) -> Self {
        let (created, updated, version) = entry.changed;
        let mut event = Self::new();
        event
            .uid(&entry.uid)
            .starts(entry.span.0)
            .ends(entry.span.1)
            .summary(&entry.summary)
            .description(&entry.description)
            // A feed has no METHOD: the stamp is the time of the last change (RFC 5545, section 3.8.7.2).
            .timestamp(updated)
            .created(created)
            .last_modified(updated)
            .sequence(version.unsigned_abs() - 1)
            .status(if entry.is_cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed });
        if let Some(location) = entry.location {
            event.location(location);
        }
        event.done()
    }
}
