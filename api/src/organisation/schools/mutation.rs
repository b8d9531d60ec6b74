//! Changing schools.

use async_graphql::{Context, Object};

use super::actions;
use super::inputs::{
    SchoolArchiveInput, SchoolArchivePayload, SchoolCreateInput, SchoolCreatePayload, SchoolMoveInput,
    SchoolMovePayload, SchoolUpdateInput, SchoolUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change schools.
#[derive(Default)]
pub struct SchoolMutation;

#[Object]
impl SchoolMutation {
    /// Makes a school. For administrators of the board.
    async fn school_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new school.")] input: SchoolCreateInput,
    ) -> Result<SchoolCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        SchoolCreatePayload::of(done)
    }

    /// Changes the details of a school. For its leader, the director of its cluster and administrators.
    async fn school_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: SchoolUpdateInput,
    ) -> Result<SchoolUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        SchoolUpdatePayload::of(done)
    }

    /// Moves a school to another cluster. For administrators of the board.
    async fn school_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which school, and where to.")] input: SchoolMoveInput,
    ) -> Result<SchoolMovePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::relocate(write, input))).await;
        SchoolMovePayload::of(done)
    }

    /// Closes a school: it leaves its cohorts, and what it did there stays. For administrators of the board. Closing it again
    /// changes nothing.
    async fn school_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which school.")] input: SchoolArchiveInput,
    ) -> Result<SchoolArchivePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::archive(write, input))).await;
        SchoolArchivePayload::of(done)
    }
}
