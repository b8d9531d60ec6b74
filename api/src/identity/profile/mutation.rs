//! Changing what is one's own.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{ProfileUpdateInput, ProfileUpdatePayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root field that changes the profile.
#[derive(Default)]
pub struct ProfileMutation;

#[Object]
impl ProfileMutation {
    /// Changes what people set about themselves. For persons.
    async fn profile_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ProfileUpdateInput,
    ) -> Result<ProfileUpdatePayload> {
        let call = Call::of(ctx);
        let viewer = call.person()?;
        let done = call.once(ctx, |write| Box::pin(async move { actions::update(write, &viewer, input).await })).await;
        ProfileUpdatePayload::of(done)
    }
}
