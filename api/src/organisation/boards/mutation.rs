//! Changing boards.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    BoardArchiveInput, BoardArchivePayload, BoardCreateInput, BoardCreatePayload, BoardUpdateInput, BoardUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change boards.
#[derive(Default)]
pub struct BoardMutation;

#[Object]
impl BoardMutation {
    /// Founds a board. For administrators of another board.
    async fn board_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new board.")] input: BoardCreateInput,
    ) -> Result<BoardCreatePayload> {
        let done = Call::of(ctx).once_as_system(ctx, |write| Box::pin(actions::create(write, input))).await;
        BoardCreatePayload::of(done)
    }

    /// Changes a board. For its administrators.
    async fn board_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: BoardUpdateInput,
    ) -> Result<BoardUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        BoardUpdatePayload::of(done)
    }

    /// Closes a board: from then on everything in it can be read, nothing can be changed, and its API clients are signed out.
    /// For its administrators. Closing it again changes nothing.
    async fn board_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which board.")] input: BoardArchiveInput,
    ) -> Result<BoardArchivePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::archive(write, input))).await;
        BoardArchivePayload::of(done)
    }
}
