//! What guardians and staff say to agreements.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    AgreementCommentInput, AgreementCommentPayload, AgreementConfirmInput, AgreementConfirmPayload, AgreementMarkInput,
    AgreementMarkPayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields about agreements.
#[derive(Default)]
pub struct AgreementMutation;

#[Object]
impl AgreementMutation {
    /// Confirms an agreement; twice is no error. For a guardian who was invited to the conversation, from its release on.
    async fn agreement_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agreement.")] input: AgreementConfirmInput,
    ) -> Result<AgreementConfirmPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::confirm(write, input))).await;
        AgreementConfirmPayload::of(done)
    }

    /// Comments on an agreement without confirming it; the last comment counts. For a guardian who was invited to the
    /// conversation, from its release on.
    async fn agreement_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The comment.")] input: AgreementCommentInput,
    ) -> Result<AgreementCommentPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::comment(write, input))).await;
        AgreementCommentPayload::of(done)
    }

    /// Says whether an agreement was kept. For who leads the school or teaches the group.
    async fn agreement_mark(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agreement, and what became of it.")] input: AgreementMarkInput,
    ) -> Result<AgreementMarkPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::mark(write, input))).await;
        AgreementMarkPayload::of(done)
    }
}
