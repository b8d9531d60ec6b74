//! The inputs and payloads of events.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::types::{Event, Rsvp};
use crate::engagement::audience::AudienceInput;
use crate::payload;
use crate::platform::scalars::Instant;

/// A new event.
#[derive(InputObject)]
pub struct EventCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// What it is, 1 to 200 characters.
    pub title: String,
    /// More about it, 1 to 4,000 characters; absent for nothing.
    pub description: Option<String>,
    /// When it begins; to come.
    pub starts_at: Instant,
    /// When it ends, within 14 days.
    pub ends_at: Instant,
    /// Where it is, 1 to 200 characters; absent where nobody says.
    pub location: Option<String>,
    /// For whom it is.
    pub audience: AudienceInput,
    /// Guests at most, 1 to 100,000; absent where there is place for all.
    pub capacity: Option<i32>,
    /// Until when answers are taken, before it begins; until it begins when absent.
    pub respond_by: Option<Instant>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to an event that has not begun. What is absent stays. For whom it is cannot be changed.
#[derive(InputObject)]
pub struct EventUpdateInput {
    /// Which event.
    pub id: ID,
    /// What it is, 1 to 200 characters.
    pub title: Option<String>,
    /// More about it, 1 to 4,000 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// When it begins; to come. Without a new end it stays as long as it was.
    pub starts_at: Option<Instant>,
    /// When it ends, within 14 days.
    pub ends_at: Option<Instant>,
    /// Where it is, 1 to 200 characters; null clears it.
    pub location: MaybeUndefined<String>,
    /// Guests at most, not fewer than have a place, nor than one of those who wait comes with; null makes place for all. Those
    /// who wait move up.
    pub capacity: MaybeUndefined<i32>,
    /// Until when answers are taken, before it begins; null for until it begins.
    pub respond_by: MaybeUndefined<Instant>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Cancels an event that is not over.
#[derive(InputObject)]
pub struct EventCancelInput {
    /// Which event.
    pub id: ID,
    /// Why, for who is invited, 1 to 200 characters; absent where nobody says.
    pub reason: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Answers an event.
#[derive(InputObject)]
pub struct EventRespondInput {
    /// Which event.
    pub event: ID,
    /// Whether one comes.
    pub answer: Rsvp,
    /// With how many one comes, oneself counted, 1 to 10; 1 when absent. Only with YES.
    pub guest_count: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Lets a guest in.
#[derive(InputObject)]
pub struct EventCheckInInput {
    /// Which event.
    pub event: ID,
    /// Who is there: somebody who is invited, whatever they answered; colleagues as well.
    pub person: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `eventCreate`.
    EventCreatePayload {
        /// The new event; null when refused.
        event: Event,
        event_edge
    }
}

payload! {
    /// The answer to `eventUpdate`.
    EventUpdatePayload {
        /// The event as it is now; on a conflict, as it was left; null when refused otherwise.
        event: Event
    }
}

payload! {
    /// The answer to `eventCancel`.
    EventCancelPayload {
        /// The cancelled event; on a conflict, as it was left; null when refused otherwise.
        event: Event
    }
}

payload! {
    /// The answer to `eventRespond`.
    EventRespondPayload {
        /// The event with the answer; null when refused.
        event: Event
    }
}

payload! {
    /// The answer to `eventCheckIn`.
    EventCheckInPayload {
        /// The event; null when refused.
        event: Event
    }
}
