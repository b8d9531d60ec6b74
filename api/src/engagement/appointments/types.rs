//! Something to come to.

use async_graphql::Union;
use chrono::{DateTime, Utc};

use crate::engagement::conversations::Conversation;
use crate::engagement::events::Event;

/// Something that the viewer comes to.
#[derive(Union)]
pub enum Appointment {
    Conversation(Conversation),
    Event(Event),
}

impl Appointment {
    pub(super) fn starts_at(&self) -> DateTime<Utc> {
        match self {
            Self::Conversation(Conversation(row)) => row.starts_at,
            Self::Event(Event(row)) => row.starts_at,
        }
    }
}
