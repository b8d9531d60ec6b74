//! A delivery.

use async_graphql::{Enum, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::metrics::{WebhookState, webhook_delivery};

/// How far a delivery is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "WebhookState")]
pub enum WebhookDeliveryState {
    /// It waits for its next try.
    Queued,
    /// It is being tried.
    Sending,
    /// The endpoint answered with a status from 200 to 299.
    Delivered,
    /// Given up: after ten tries in three days, or because nothing is sent to the endpoint any more; `failure` says
    /// why. It can be replayed.
    Failed,
}

pub struct WebhookDelivery(pub webhook_delivery::Model);

impl From<webhook_delivery::Model> for WebhookDelivery {
    fn from(row: webhook_delivery::Model) -> Self {
        Self(row)
    }
}

/// That an endpoint is told of an event. Seen by who sees the endpoint, for 30 days after its end.
#[Object]
impl WebhookDelivery {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The header `webhook-id`: the same at every try and at all endpoints, for you to know the event again.
    pub async fn message_id(&self) -> ID {
        self.0.event_id.to_string().into()
    }

    /// The `type` in the body, as `lesson.taught`; `webhook.test` of a test.
    pub async fn event(&self) -> &str {
        &self.0.kind
    }

    /// How far it is.
    pub async fn state(&self) -> WebhookDeliveryState {
        self.0.state.into()
    }

    /// How often it was tried, the present try included, since it was made or replayed; 10 at most.
    pub async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// The HTTP status of the last answer; null where the last try had none.
    pub async fn last_status(&self) -> Option<i32> {
        self.0.last_status
    }

    /// Why the last try failed, in English, for who develops the endpoint; null where it did not or none was made.
    pub async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }

    /// When the last try began; null before the first.
    pub async fn attempted_at(&self) -> Option<DateTime<Utc>> {
        self.0.attempted_at
    }

    /// When it is tried next; null unless it is QUEUED.
    pub async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        (self.0.state == WebhookState::Queued).then_some(self.0.due_at)
    }

    /// When it was delivered or given up; null before.
    pub async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
