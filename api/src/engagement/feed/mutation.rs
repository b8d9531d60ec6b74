//! Marking as read.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{FeedReadInput, FeedReadPayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields about what is addressed to oneself.
#[derive(Default)]
pub struct FeedMutation;

#[Object]
impl FeedMutation {
    /// Marks items of `feed` as read; twice changes nothing. For whom they are addressed to.
    async fn feed_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was read.")] input: FeedReadInput,
    ) -> Result<FeedReadPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::read(write, input))).await;
        FeedReadPayload::of(done)
    }
}
