//! Changing webhook endpoints.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    WebhookDeliveryReplayInput, WebhookDeliveryReplayPayload, WebhookEndpointCreateInput, WebhookEndpointCreatePayload,
    WebhookEndpointDeleteInput, WebhookEndpointDeletePayload, WebhookEndpointDisableInput,
    WebhookEndpointDisablePayload, WebhookEndpointEnableInput, WebhookEndpointEnablePayload,
    WebhookEndpointSecretRotateInput, WebhookEndpointSecretRotatePayload, WebhookEndpointTestInput,
    WebhookEndpointTestPayload, WebhookEndpointUpdateInput, WebhookEndpointUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change webhook endpoints.
#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Makes an endpoint where an API client is told of events. For administrators of the board, and for API clients with the
    /// scope `webhooks:write`, of themselves; 20 endpoints a client at most.
    async fn webhook_endpoint_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new endpoint.")] input: WebhookEndpointCreateInput,
    ) -> Result<WebhookEndpointCreatePayload> {
        let call = Call::of(ctx);
        let done = call.once(ctx, |write| Box::pin(actions::create(write, input))).await;
        WebhookEndpointCreatePayload::of(call.app(), done)
    }

    /// Changes an endpoint. For administrators of the board, and for the API client itself.
    async fn webhook_endpoint_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: WebhookEndpointUpdateInput,
    ) -> Result<WebhookEndpointUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        WebhookEndpointUpdatePayload::of(done)
    }

    /// Takes an endpoint away, with all that is known of its deliveries. For administrators of the board, and for the API
    /// client itself.
    async fn webhook_endpoint_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: WebhookEndpointDeleteInput,
    ) -> Result<WebhookEndpointDeletePayload> {
        let done =
            Call::of(ctx).once(ctx, |write| Box::pin(async move { actions::delete(write, &input.id).await })).await;
        WebhookEndpointDeletePayload::of(done)
    }

    /// Gives an endpoint another secret. For administrators of the board, and for the API client itself.
    async fn webhook_endpoint_secret_rotate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: WebhookEndpointSecretRotateInput,
    ) -> Result<WebhookEndpointSecretRotatePayload> {
        let call = Call::of(ctx);
        let done =
            call.once(ctx, |write| Box::pin(async move { actions::rotate_secret(write, &input.id).await })).await;
        WebhookEndpointSecretRotatePayload::of(call.app(), done)
    }

    /// Tells an endpoint of events again. What happened while it was disabled can be replayed. For administrators of the
    /// board, and for the API client itself. Enabling it again changes nothing.
    async fn webhook_endpoint_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: WebhookEndpointEnableInput,
    ) -> Result<WebhookEndpointEnablePayload> {
        let done =
            Call::of(ctx).once(ctx, |write| Box::pin(async move { actions::enable(write, &input.id).await })).await;
        WebhookEndpointEnablePayload::of(done)
    }

    /// Tells an endpoint of nothing any more; what waits for it is given up, and what is on its way still arrives. For
    /// administrators of the board, and for the API client itself. Disabling it again changes nothing.
    async fn webhook_endpoint_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: WebhookEndpointDisableInput,
    ) -> Result<WebhookEndpointDisablePayload> {
        let done =
            Call::of(ctx).once(ctx, |write| Box::pin(async move { actions::disable(write, &input.id).await })).await;
        WebhookEndpointDisablePayload::of(done)
    }

    /// Sends an endpoint an event of the type `webhook.test`, in which nothing happened; `data` has the `endpoint`. For
    /// administrators of the board, and for the API client itself. One at a time: CONFLICT while a test is under way.
    async fn webhook_endpoint_test(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: WebhookEndpointTestInput,
    ) -> Result<WebhookEndpointTestPayload> {
        let done =
            Call::of(ctx).once(ctx, |write| Box::pin(async move { actions::test(write, &input.id).await })).await;
        WebhookEndpointTestPayload::of(done)
    }

    /// Tries a delivery again that was delivered or given up, as if it were new, under the same `webhook-id`. For
    /// administrators of the board, and for the API client itself.
    async fn webhook_delivery_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delivery.")] input: WebhookDeliveryReplayInput,
    ) -> Result<WebhookDeliveryReplayPayload> {
        let done =
            Call::of(ctx).once(ctx, |write| Box::pin(async move { actions::replay(write, &input.id).await })).await;
        WebhookDeliveryReplayPayload::of(done)
    }
}
