//! A delivery that was given up, and the input and payload of trying again.

use async_graphql::{ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::notifications::delivery;

use crate::notifications::preferences::types::Channel;
use crate::payload;

pub struct DeadDelivery(pub delivery::Model);

/// A push notification or e-mail that could not be sent in the time in which it was of use. What it tells stands in the
/// inbox of the person all the same. Seen by the administrators of the board, without whom it was for.
#[Object]
impl DeadDelivery {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// By which way it was to go.
    pub async fn channel(&self) -> Channel {
        self.0.channel.into()
    }

    /// How often it was tried.
    pub async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// Why the last try failed, as the gateway or the program says it; null where nothing is known.
    pub async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was given up; null once it is tried again.
    pub async fn given_up_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

/// What to try again.
#[derive(InputObject)]
pub struct DeadDeliveriesReplayInput {
    /// Ids of deliveries that were given up, 1 to 100.
    pub ids: Vec<ID>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// How many deliveries are tried again.
pub struct ReplayedDeliveries(pub i32);

impl From<i32> for ReplayedDeliveries {
    fn from(count: i32) -> Self {
        Self(count)
    }
}

/// What is tried again.
#[Object]
impl ReplayedDeliveries {
    /// How many deliveries.
    pub async fn count(&self) -> i32 {
        self.0
    }
}

payload! {
    /// The answer to `deadDeliveriesReplay`.
    DeadDeliveriesReplayPayload {
        /// What is tried again; null when refused.
        replayed: ReplayedDeliveries
    }
}
