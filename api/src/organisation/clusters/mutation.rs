//! Changing clusters.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    ClusterArchiveInput, ClusterArchivePayload, ClusterCreateInput, ClusterCreatePayload, ClusterUpdateInput,
    ClusterUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change clusters.
#[derive(Default)]
pub struct ClusterMutation;

#[Object]
impl ClusterMutation {
    /// Makes a cluster. For administrators of the board.
    async fn cluster_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new cluster.")] input: ClusterCreateInput,
    ) -> Result<ClusterCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        ClusterCreatePayload::of(done)
    }

    /// Changes a cluster. For administrators of the board.
    async fn cluster_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ClusterUpdateInput,
    ) -> Result<ClusterUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        ClusterUpdatePayload::of(done)
    }

    /// Closes a cluster in which there is no school any more. For administrators of the board. Closing it again
    /// changes nothing.
    async fn cluster_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cluster.")] input: ClusterArchiveInput,
    ) -> Result<ClusterArchivePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::archive(write, input))).await;
        ClusterArchivePayload::of(done)
    }
}
