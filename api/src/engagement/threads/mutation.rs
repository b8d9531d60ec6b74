//! Writing in threads.

use async_graphql::{Context, Object};

use super::actions;
use super::inputs::{
    MessageSendInput, MessageSendPayload, ThreadCloseInput, ThreadClosePayload, ThreadReadInput, ThreadReadPayload,
    ThreadStartInput, ThreadStartPayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that write in threads.
#[derive(Default)]
pub struct ThreadMutation;

#[Object]
impl ThreadMutation {
    /// Begins a thread about a child with its first message. Staff of the child write to its guardians: where these talk
    /// apart, each gets a thread of their own. A guardian with everything of the child writes to its teachers and the leaders
    /// of the school, where the rules of the school let guardians begin (`FORBIDDEN` otherwise); what is sent outside the
    /// hours of the school arrives when the next begin.
    async fn thread_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread and its first message.")] input: ThreadStartInput,
    ) -> Result<ThreadStartPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::start(write, input))).await;
        ThreadStartPayload::of(done)
    }

    /// Writes in a thread. For who takes part: guardians who have everything of the child, and staff who teaches the child or
    /// leads the school. `CONFLICT` in a thread that is not written in any more.
    async fn message_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: MessageSendInput,
    ) -> Result<MessageSendPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::send(write, input))).await;
        MessageSendPayload::of(done)
    }

    /// Notes how far the viewer has read. It moves forward only; twice is no error.
    async fn thread_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and how far.")] input: ThreadReadInput,
    ) -> Result<ThreadReadPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::read(write, input))).await;
        ThreadReadPayload::of(done)
    }

    /// Closes a thread: it stays to be read, and nobody writes in it any more. For staff who take part.
    async fn thread_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] input: ThreadCloseInput,
    ) -> Result<ThreadClosePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::close(write, input))).await;
        ThreadClosePayload::of(done)
    }
}
