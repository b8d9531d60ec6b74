//! Signing in and out.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    SessionCreateInput, SessionCreatePayload, SessionRefreshInput, SessionRefreshPayload, SessionRevokeInput,
    SessionRevokePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs in. For everybody. After five wrong passwords from one place the wait grows: `RATE_LIMITED` says how long.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: SessionCreateInput,
    ) -> Result<SessionCreatePayload> {
        let SessionCreateInput { email, password, device_name, .. } = input;
        let done = actions::create(Call::of(ctx), &email, &password, device_name.as_deref()).await;
        SessionCreatePayload::of(done)
    }

    /// Exchanges a refresh token for the next pair of tokens. For everybody who has one. Send it without an `Authorization`
    /// header: an access token that has run out is refused before this is looked at.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session goes on.")] input: SessionRefreshInput,
    ) -> Result<SessionRefreshPayload> {
        SessionRefreshPayload::of(actions::refresh(Call::of(ctx), &input.refresh_token).await)
    }

    /// Signs a device out: its refresh token ends at once, its access token within five seconds, and once this is answered no
    /// push notification comes there any more. For its owner.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session ends.")] input: SessionRevokeInput,
    ) -> Result<SessionRevokePayload> {
        let call = Call::of(ctx);
        let person = call.person()?;
        let done = call
            .once_as_system(ctx, |write| {
                Box::pin(async move { actions::revoke(write, &person, input.id.as_deref().map(String::as_str)).await })
            })
            .await;
        actions::ended(call.app(), done.as_ref().ok().copied()).await?;
        SessionRevokePayload::of(done.map(|ended| ended.session))
    }
}
