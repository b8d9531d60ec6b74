//! A talk for the calendar of who gets the e-mail (iTIP, RFC 5546; its form by RFC 5545).

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use crate::notifications::channels::letter::Entry;

/// RFC 5545, section 3.7.3.
const PRODUCT: &str = "-//Glans//E-mail//NL";

/// What a mail program is asked to do with the entry.
pub(super) fn method(entry: &Entry) -> &'static str {
    if entry.cancelled { "CANCEL" } else { "REQUEST" }
}

/// The entry, from the address that organises to the one that is invited.
pub(super) fn calendar(entry: &Entry, summary: &str, organizer: &str, attendee: &str, now: DateTime<Utc>) -> String {
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN"), ("METHOD", method(entry))]
    {
        calendar.append_property(Property::new(name, value));
    }
    // Nobody reads an answer: accepted or not, the talk is changed in the app.
    let attendee = Property::new("ATTENDEE", format!("mailto:{attendee}"))
        .add_parameter("PARTSTAT", "NEEDS-ACTION")
        .add_parameter("RSVP", "FALSE")
        .done();
    let event = Event::new()
        .uid(&entry.uid)
        .timestamp(now)
        .starts(entry.starts_at)
        .ends(entry.ends_at)
        .summary(summary)
        .sequence(entry.sequence.unsigned_abs())
        .status(if entry.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed })
        .append_property(Property::new("ORGANIZER", format!("mailto:{organizer}")))
        .append_property(attendee)
        .done();
    calendar.push(event);
    calendar.to_string()
}
