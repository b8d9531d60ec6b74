//! The payloads of the mutations.

use async_graphql::{ID, SimpleObject};
use glans_entity::ids::WebhookEndpointId;

use super::{WebhookDelivery, WebhookEndpoint};
use crate::app::App;
use crate::metrics::webhooks::actions::NewSecret;
use crate::payload;
use crate::platform::error::{Result, UserError, outcome};
use crate::platform::page::PageEdge;
use crate::sync_cursor;

/// The answer to `webhookEndpointCreate`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct WebhookEndpointCreatePayload {
    /// The new endpoint; null when refused.
    pub webhook_endpoint: Option<WebhookEndpoint>,
    /// Its edge, for an app that puts it into a list without asking again: the cursor is that of the order which comes
    /// unless asked otherwise, and `BAD_CURSOR` in any other. Whether it passes the filter of the list is for the app
    /// to know. Null when the node is.
    pub webhook_endpoint_edge: Option<PageEdge<WebhookEndpoint>>,
    /// The secret by which you check signatures (`whsec_…`), shown here and never again; null when refused.
    pub secret: Option<String>,
    /// What the user can mend, every problem at once; empty when it is done.
    pub user_errors: Vec<UserError>,
}

impl WebhookEndpointCreatePayload {
    pub(in crate::metrics::webhooks) fn of(app: &App, done: Result<NewSecret>) -> Result<Self> {
        let (made, user_errors) = outcome(done)?;
        let secret = made.as_ref().map(|made| made.open(&app.identity.master, &made.row.id.to_string())).transpose()?;
        let row = made.map(|made| made.row);
        let webhook_endpoint_edge = row.clone().map(PageEdge::of).transpose()?;
        Ok(Self { webhook_endpoint: row.map(WebhookEndpoint), webhook_endpoint_edge, secret, user_errors })
    }
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

impl WebhookEndpointSecretRotatePayload {
    pub(in crate::metrics::webhooks) fn of(app: &App, done: Result<NewSecret>) -> Result<Self> {
        let made = WebhookEndpointCreatePayload::of(app, done)?;
        let WebhookEndpointCreatePayload { webhook_endpoint, secret, user_errors, .. } = made;
        Ok(Self { webhook_endpoint, secret, user_errors })
    }
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

impl WebhookEndpointDeletePayload {
    pub(in crate::metrics::webhooks) fn of(done: Result<WebhookEndpointId>) -> Result<Self> {
        let (id, user_errors) = outcome(done)?;
        Ok(Self { deleted_id: id.map(|id| id.to_string().into()), user_errors })
    }
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
        webhook_delivery: WebhookDelivery,
        webhook_delivery_edge
    }
}

payload! {
    /// The answer to `webhookDeliveryReplay`.
    WebhookDeliveryReplayPayload {
        /// The delivery, to follow with `node`; null when refused.
        webhook_delivery: WebhookDelivery
    }
}
