//! Asking for consent, and answering.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    ConsentGiveInput, ConsentGivePayload, ConsentPurposeArchiveInput, ConsentPurposeArchivePayload,
    ConsentPurposeCreateInput, ConsentPurposeCreatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that ask for consent and answer.
#[derive(Default)]
pub struct ConsentMutation;

#[Object]
impl ConsentMutation {
    /// Asks the guardians of a school for consent, each school year anew. For leaders of the school and administrators of the
    /// board.
    async fn consent_purpose_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new purpose.")] input: ConsentPurposeCreateInput,
    ) -> Result<ConsentPurposeCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        ConsentPurposeCreatePayload::of(done)
    }

    /// Stops asking for something; what was answered stays. Doing it again changes nothing. For who may ask.
    async fn consent_purpose_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which purpose.")] input: ConsentPurposeArchiveInput,
    ) -> Result<ConsentPurposeArchivePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::archive(write, input))).await;
        ConsentPurposeArchivePayload::of(done)
    }

    /// Answers a purpose for a child, for this school year. The same answer again changes nothing. The last grant can be
    /// withdrawn at any time, for its own year: also when the school has stopped asking, between two school years, or when the
    /// child has left the school. For guardians who may have everything of the child.
    async fn consent_give(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: ConsentGiveInput,
    ) -> Result<ConsentGivePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::give(write, input))).await;
        ConsentGivePayload::of(done)
    }
}
