//! Webhook endpoints, what became of telling them, and the inputs and payloads of their mutations.

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::ids::WebhookEndpointId;
use glans_entity::metrics::{WebhookDisabled, WebhookState, webhook_delivery, webhook_endpoint};

use super::actions::NewSecret;
use super::kinds::WebhookEventKind;
use crate::app::App;
use crate::identity::clients::ApiClient;
use crate::loaders;
use crate::payload;
use crate::platform::error::{Result, UserError, outcome};
use crate::platform::scalars::Url;
use crate::sync_cursor;

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

/// A new endpoint.
#[derive(InputObject)]
pub struct WebhookEndpointCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The API client that is told. Administrators name one of the board; for a client it is itself when absent.
    pub client: Option<ID>,
    /// Where the requests go: an address of the internet that begins with `https://`, without user, password and part behind
    /// `#`, at port 443 or one from 1024 on; at most 2,000 characters.
    pub url: String,
    /// Of which kinds of events it is told, at least one.
    pub events: Vec<WebhookEventKind>,
    /// What it is for, at most 200 characters.
    pub description: Option<String>,
    /// The same id sent again within seven days has the same effect once and the same answer, secret included; 1 to 128
    /// characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to an endpoint. What is absent stays.
#[derive(InputObject)]
pub struct WebhookEndpointUpdateInput {
    /// Which endpoint.
    pub id: ID,
    /// Where the requests go, also those that wait: as in `WebhookEndpointCreateInput`.
    pub url: Option<String>,
    /// Of which kinds of events it is told from now on, at least one.
    pub events: Option<Vec<WebhookEventKind>>,
    /// What it is for, at most 200 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which endpoint goes.
#[derive(InputObject)]
pub struct WebhookEndpointDeleteInput {
    /// Which endpoint.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which endpoint gets another secret.
#[derive(InputObject)]
pub struct WebhookEndpointSecretRotateInput {
    /// Which endpoint.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once and the same answer, secret included; 1 to 128
    /// characters.
    pub client_mutation_id: Option<String>,
}

/// Which endpoint is told of events again.
#[derive(InputObject)]
pub struct WebhookEndpointEnableInput {
    /// Which endpoint.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which endpoint is told of nothing any more.
#[derive(InputObject)]
pub struct WebhookEndpointDisableInput {
    /// Which endpoint.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which endpoint is tested.
#[derive(InputObject)]
pub struct WebhookEndpointTestInput {
    /// Which endpoint.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which delivery is tried again.
#[derive(InputObject)]
pub struct WebhookDeliveryReplayInput {
    /// Which delivery.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// The answer to `webhookEndpointCreate`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct WebhookEndpointCreatePayload {
    /// The new endpoint; null when refused.
    pub webhook_endpoint: Option<WebhookEndpoint>,
    /// The secret by which you check signatures (`whsec_…`), shown here and never again; null when refused.
    pub secret: Option<String>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

/// The answer to `webhookEndpointSecretRotate`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct WebhookEndpointSecretRotatePayload {
    /// The endpoint; null when refused.
    pub webhook_endpoint: Option<WebhookEndpoint>,
    /// The new secret (`whsec_…`), shown here and never again; null when refused. The one before it signs too for another
    /// seven days, older ones no more.
    pub secret: Option<String>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

/// The answer to `webhookEndpointDelete`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct WebhookEndpointDeletePayload {
    /// The endpoint that is gone; null when refused.
    pub deleted_id: Option<ID>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(WebhookEndpointCreatePayload, WebhookEndpointSecretRotatePayload, WebhookEndpointDeletePayload);

payload! {
    /// The answer to `webhookEndpointUpdate`.
    WebhookEndpointUpdatePayload {
        /// The endpoint as it is now; on a conflict, as it was left; null when refused otherwise.
        webhook_endpoint: WebhookEndpoint
    }
}

payload! {
    /// The answer to `webhookEndpointEnable`.
    WebhookEndpointEnablePayload {
        /// The endpoint as it is now; null when refused.
        webhook_endpoint: WebhookEndpoint
    }
}

payload! {
    /// The answer to `webhookEndpointDisable`.
    WebhookEndpointDisablePayload {
        /// The endpoint as it is now; null when refused.
        webhook_endpoint: WebhookEndpoint
    }
}

payload! {
    /// The answer to `webhookEndpointTest`.
    WebhookEndpointTestPayload {
        /// The delivery of the test, to follow with `node`; null when refused.
        webhook_delivery: WebhookDelivery
    }
}

payload! {
    /// The answer to `webhookDeliveryReplay`.
    WebhookDeliveryReplayPayload {
        /// The delivery, to follow with `node`; null when refused.
        webhook_delivery: WebhookDelivery
    }
}

impl WebhookEndpointCreatePayload {
    pub(super) fn of(app: &App, done: Result<NewSecret>) -> Result<Self> {
        let (made, user_errors) = outcome(done)?;
        let secret = made.as_ref().map(|made| made.open(&app.identity.master, &made.row.id.to_string())).transpose()?;
        Ok(Self { webhook_endpoint: made.map(|made| WebhookEndpoint(made.row)), secret, user_errors })
    }
}

impl WebhookEndpointSecretRotatePayload {
    pub(super) fn of(app: &App, done: Result<NewSecret>) -> Result<Self> {
        let made = WebhookEndpointCreatePayload::of(app, done)?;
        let WebhookEndpointCreatePayload { webhook_endpoint, secret, user_errors } = made;
        Ok(Self { webhook_endpoint, secret, user_errors })
    }
}

impl WebhookEndpointDeletePayload {
    pub(super) fn of(done: Result<WebhookEndpointId>) -> Result<Self> {
        let (id, user_errors) = outcome(done)?;
        Ok(Self { deleted_id: id.map(|id| id.to_string().into()), user_errors })
    }
}
