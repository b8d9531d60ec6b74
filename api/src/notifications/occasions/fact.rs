//! What an event says of itself.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::PersonId;
use glans_entity::platform::outbox;
use glans_entity::scope::Scope;

use crate::call::today;
use crate::platform::error::{Error, Result};
use crate::platform::outbox::{id_in, ids_in};

/// An event, and the day on which it happened.
#[derive(Clone, Copy)]
pub(super) struct Fact<'e> {
    event: &'e outbox::Model,
}

/// What the notifications of the event of this number come from.
pub fn source_of(seq: i64) -> String {
    format!("event.{seq}")
}

/// The number of the event that `source` names; none of a reminder.
pub fn seq_of(source: &str) -> Option<i64> {
    source.strip_prefix("event.")?.parse().ok()
}

impl<'e> Fact<'e> {
    pub(super) fn new(event: &'e outbox::Model) -> Self {
        Self { event }
    }

    /// What the notifications of the event come from.
    pub(super) fn source(self) -> String {
        source_of(self.event.seq)
    }

    /// When it happened.
    pub(super) fn at(self) -> DateTime<Utc> {
        self.event.at
    }

    /// All rows there are, with the rights of the day on which it happened.
    pub(super) fn everywhere(self) -> Scope {
        Scope::system(self.on())
    }

    /// The day on which it happened.
    pub(super) fn on(self) -> NaiveDate {
        today(self.event.at)
    }

    /// The id of what it is about.
    pub(super) fn id<I: FromStr>(self) -> Result<I> {
        self.named("id")
    }

    /// The id in a field.
    pub(super) fn named<I: FromStr>(self, field: &str) -> Result<I> {
        self.perhaps(field).ok_or_else(|| self.fault(field))
    }

    /// The id in a field that need not be there.
    pub(super) fn perhaps<I: FromStr>(self, field: &str) -> Option<I> {
        id_in(&self.event.payload, field)
    }

    /// The moment in a field that need not be there.
    pub(super) fn moment(self, field: &str) -> Option<DateTime<Utc>> {
        self.event.payload.get(field)?.as_str()?.parse().ok()
    }

    /// The ids in a field.
    pub(super) fn all<I: FromStr>(self, field: &str) -> Result<Vec<I>> {
        ids_in(&self.event.payload, field).ok_or_else(|| self.fault(field))
    }

    /// Whether it has the field.
    pub(super) fn has(self, field: &str) -> bool {
        self.event.payload.get(field).is_some()
    }

    /// Who did it, where that is no matter of course.
    pub(super) fn by(self) -> Option<PersonId> {
        self.perhaps("by")
    }

    fn fault(self, field: &str) -> Error {
        Error::fault(format!("an event {} of the kind {} without a proper `{field}`", self.event.seq, self.event.kind))
    }
}

#[cfg(test)]
mod tests {
    use glans_entity::ids::{AnnouncementId, GoalId};
    use serde_json::{Value, json};

    use super::*;

    fn event(payload: Value) -> outbox::Model {
        outbox::Model {
            seq: 7,
            board_id: None,
            kind: "announcement.read".to_owned(),
            payload,
            at: DateTime::UNIX_EPOCH,
            told_at: None,
            attempts: 0,
            due_at: None,
            dead_at: None,
            failure: None,
            hooked_at: None,
            hook_attempts: 0,
            hook_due_at: None,
        }
    }

    #[test]
    fn a_source_tells_which_event_it_is() {
        assert_eq!(seq_of(&source_of(1204)), Some(1204));
        assert_eq!(seq_of("reminder.meeting-tomorrow.meeting_01jd7w4xkse3p9bq0h3m5v8r2c"), None);
    }

    #[test]
    fn ids_are_read_and_nothing_else() {
        let (id, reader) = (AnnouncementId::new(), PersonId::new());
        let event = event(json!({ "id": id, "ids": [id], "by": reader, "wrong": [id, 1] }));
        let fact = Fact::new(&event);
        assert_eq!(fact.id::<AnnouncementId>().unwrap(), id);
        assert_eq!(fact.all::<AnnouncementId>("ids").unwrap(), [id]);
        assert_eq!(fact.by(), Some(reader));
        assert!(fact.id::<GoalId>().is_err(), "an id of another kind");
        assert!(fact.all::<AnnouncementId>("wrong").is_err());
        assert!(fact.named::<PersonId>("person").is_err() && fact.perhaps::<PersonId>("person").is_none());
    }
}
