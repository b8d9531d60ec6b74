//! An endpoint.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::metrics::{WebhookDisabled, webhook_endpoint};

use crate::access::{self, Action, Place};
use crate::call::Call;
use crate::identity::clients::ApiClient;
use crate::loaders;
use crate::metrics::webhooks::kinds::WebhookEventKind;
use crate::platform::error::Result;
use crate::platform::scalars::Url;

/// Why an endpoint is disabled.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "WebhookDisabled")]
pub enum WebhookDisabledReason {
    /// By `webhookEndpointDisable`.
    ByHand,
    /// It answered with the status 410.
    Gone,
    /// For five days nothing reached it, and the last try of a delivery failed.
    Failing,
}

pub struct WebhookEndpoint(pub webhook_endpoint::Model);

impl From<webhook_endpoint::Model> for WebhookEndpoint {
    fn from(row: webhook_endpoint::Model) -> Self {
        Self(row)
    }
}

/// Where an API client is told that something happened: a POST of JSON with `type`, `timestamp` and `data`, signed as
/// Standard Webhooks 1.0.0 says (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`). `data` holds ids only.
/// Whatever is not answered with 2xx within 15 seconds is tried again, ten times in three days. Seen by administrators of
/// the board, and by the client if it has the scope `webhooks:write`.
#[Object]
impl WebhookEndpoint {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Where the requests go, at most 2,000 characters.
    pub async fn url(&self) -> Url {
        Url::stored(&self.0.url)
    }

    /// What it is for, at most 200 characters; null where nobody said so.
    pub async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Of which kinds of events it is told, each once. A client that is narrowed to schools is told of what happens at those
    /// only.
    pub async fn events(&self) -> Vec<WebhookEventKind> {
        self.0.kinds.0.iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// The client that is told; null for the client itself, which finds itself as `viewer.apiClient`.
    pub async fn api_client(&self, ctx: &Context<'_>) -> Result<Option<ApiClient>> {
        Ok(loaders::one(ctx, self.0.client_id).await?.map(ApiClient))
    }

    /// Whether it is told of events.
    pub async fn is_enabled(&self) -> bool {
        self.0.disabled_at.is_none()
    }

    /// When it was disabled; null while it is enabled.
    pub async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.0.disabled_at
    }

    /// Why it was disabled; null while it is enabled.
    pub async fn disabled_because(&self) -> Option<WebhookDisabledReason> {
        self.0.disabled_because.map(Into::into)
    }

    /// Since when no try has succeeded; null where the last one did, or none was made since `url` changed. With the
    /// first delivery that is given up after five days of it the endpoint is disabled.
    pub async fn failing_since(&self) -> Option<DateTime<Utc>> {
        self.0.failing_since
    }

    /// Until when the secret before the present one signs too, so that there are two signatures; null where the secret was
    /// never rotated.
    pub async fn previous_secret_ends_at(&self) -> Option<DateTime<Utc>> {
        self.0.previous_until
    }

    /// Whether the viewer may change, enable, disable or take it away.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        let place = Place::board(self.0.board_id);
        access::allows(&Call::of(ctx).standing().actor, Action::WebhookWrite, &place)
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` to an update.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}
