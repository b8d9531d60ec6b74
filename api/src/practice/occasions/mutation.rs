//! Answering invitations.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{OccasionRespondInput, OccasionRespondPayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that answer invitations.
#[derive(Default)]
pub struct OccasionMutation;

#[Object]
impl OccasionMutation {
    /// Says to come to a meeting or team session, or not to come; again, to say otherwise. For who is to come: the leaders of
    /// the schools to a meeting, the teachers of the school to a session. What is over or cancelled is refused with CONFLICT.
    async fn occasion_respond(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: OccasionRespondInput,
    ) -> Result<OccasionRespondPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::respond(write, input))).await;
        OccasionRespondPayload::of(done)
    }
}
