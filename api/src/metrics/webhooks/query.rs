//! Reading endpoints, and what became of telling them.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::{BoardId, WebhookEndpointId};

use super::store;
use super::types::{WebhookDelivery, WebhookDeliveryState, WebhookEndpoint};
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read webhooks.
#[derive(Default)]
pub struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// The webhook endpoints of a board, oldest first. Administrators of the board see all of them, an API client with the
    /// scope `webhooks:write` its own; for others the list is empty.
    async fn webhook_endpoints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the board.")] board: ID,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<WebhookEndpoint>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        // An id of something else is that of no board in sight.
        let board = board.parse().unwrap_or_else(|_| BoardId::new());
        let args = PageArgs { first, after, last, before };
        Ok(store::page(&*call.read().await?, &call.scope(), board, &args).await?.into_page(WebhookEndpoint))
    }

    /// What became of telling a webhook endpoint of events, the latest first; for 30 days. Empty for an endpoint that the
    /// viewer does not see.
    async fn webhook_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the webhook endpoint.")] endpoint: ID,
        #[graphql(desc = "Only those in this state; all when absent.")] state: Option<WebhookDeliveryState>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<WebhookDelivery>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        // An id of something else is that of no endpoint in sight.
        let endpoint = endpoint.parse().unwrap_or_else(|_| WebhookEndpointId::new());
        let args = PageArgs { first, after, last, before };
        let state = state.map(Into::into);
        let rows = store::deliveries(&*call.read().await?, &call.scope(), endpoint, state, &args).await?;
        Ok(rows.into_page(WebhookDelivery))
    }
}
