//! Changing API clients.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    ApiClientCreateInput, ApiClientCreatePayload, ApiClientRevokeInput, ApiClientRevokePayload,
    ApiClientSecretRotateInput, ApiClientSecretRotatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change API clients.
#[derive(Default)]
pub struct ApiClientMutation;

#[Object]
impl ApiClientMutation {
    /// Makes an API client of a board. For administrators of the board.
    async fn api_client_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new client.")] input: ApiClientCreateInput,
    ) -> Result<ApiClientCreatePayload> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let done = call.once(ctx, |write| Box::pin(actions::create(write, input))).await;
        ApiClientCreatePayload::of(call.app(), done)
    }

    /// Gives an API client another secret. For administrators of the board.
    async fn api_client_secret_rotate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which client.")] input: ApiClientSecretRotateInput,
    ) -> Result<ApiClientSecretRotatePayload> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let done =
            call.once(ctx, |write| Box::pin(async move { actions::rotate_secret(write, &input.id).await })).await;
        ApiClientSecretRotatePayload::of(call.app(), done)
    }

    /// Ends an API client: it gets no token any more, and those it has end within five seconds. For administrators of
    /// the board. Ending it again changes nothing.
    async fn api_client_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which client.")] input: ApiClientRevokeInput,
    ) -> Result<ApiClientRevokePayload> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let done = call.once(ctx, |write| Box::pin(actions::revoke(write, input))).await;
        actions::revoked(call.app(), done.as_ref().ok()).await;
        ApiClientRevokePayload::of(done)
    }
}
