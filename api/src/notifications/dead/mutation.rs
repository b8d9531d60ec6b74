//! Trying again.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{DeadDeliveriesReplayInput, DeadDeliveriesReplayPayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields about what was given up.
#[derive(Default)]
pub struct DeadDeliveryMutation;

#[Object]
impl DeadDeliveryMutation {
    /// Tries deliveries again that were given up, as if they were new: also what the person chose meanwhile is looked at anew.
    /// What is over by now, as a talk that took place or a code that ran out, is given up again. For administrators of
    /// their board.
    async fn dead_deliveries_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which deliveries.")] input: DeadDeliveriesReplayInput,
    ) -> Result<DeadDeliveriesReplayPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::replay(write, input))).await;
        DeadDeliveriesReplayPayload::of(done)
    }
}
