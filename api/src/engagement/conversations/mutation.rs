//! Changing conversations.

use async_graphql::{Context, Object};

use super::inputs::{
    ConversationCancelInput, ConversationCancelPayload, ConversationRecordInput, ConversationRecordPayload,
    ConversationRespondInput, ConversationRespondPayload, ConversationScheduleInput, ConversationSchedulePayload,
    ConversationUpdateInput, ConversationUpdatePayload,
};
use super::{actions, record};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change conversations.
#[derive(Default)]
pub struct ConversationMutation;

#[Object]
impl ConversationMutation {
    /// Plans a conversation about a child with guardians. Guardians who talk apart have one each. Nobody who comes has
    /// another conversation then, nor has the child. For who leads the school or teaches the group.
    async fn conversation_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversation.")] input: ConversationScheduleInput,
    ) -> Result<ConversationSchedulePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::schedule(write, input))).await;
        ConversationSchedulePayload::of(done)
    }

    /// Moves a planned conversation, or changes how it is held. When it is moved, what people answered is asked anew. One that
    /// was booked in a round is moved with `slotMove`; here it is refused with CONFLICT. For who leads the school or teaches
    /// the group.
    async fn conversation_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ConversationUpdateInput,
    ) -> Result<ConversationUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        ConversationUpdatePayload::of(done)
    }

    /// Writes down how a conversation went, or corrects it. Guardians who were invited see it from `releaseAt` on. For who
    /// leads the school or teaches the group.
    async fn conversation_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How it went.")] input: ConversationRecordInput,
    ) -> Result<ConversationRecordPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(record::record(write, input))).await;
        ConversationRecordPayload::of(done)
    }

    /// Cancels a planned conversation; twice is no error. It stays to be seen. For who leads the school or teaches the group.
    async fn conversation_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationCancelInput,
    ) -> Result<ConversationCancelPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::cancel(write, input))).await;
        ConversationCancelPayload::of(done)
    }

    /// Says to come to a planned conversation or not; the last answer counts. For who is invited.
    async fn conversation_respond(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: ConversationRespondInput,
    ) -> Result<ConversationRespondPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::respond(write, input))).await;
        ConversationRespondPayload::of(done)
    }
}
