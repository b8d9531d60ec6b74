//! Raising and resolving concerns.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    ConcernAcknowledgeInput, ConcernAcknowledgePayload, ConcernRaiseInput, ConcernRaisePayload, ConcernResolveInput,
    ConcernResolvePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that raise and resolve concerns.
#[derive(Default)]
pub struct ConcernMutation;

#[Object]
impl ConcernMutation {
    /// Raises a concern about a child. For the guardians who have everything of the child, and for who teaches the child or
    /// leads the school.
    async fn concern_raise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: ConcernRaiseInput,
    ) -> Result<ConcernRaisePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::raise(write, input))).await;
        ConcernRaisePayload::of(done)
    }

    /// Says that somebody looks at a concern. Twice is no error. For who teaches the child or leads the school.
    async fn concern_acknowledge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which concern.")] input: ConcernAcknowledgeInput,
    ) -> Result<ConcernAcknowledgePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::acknowledge(write, input))).await;
        ConcernAcknowledgePayload::of(done)
    }

    /// Says what was done about a concern, and ends it; who sees the concern reads it. Twice changes nothing. For who teaches
    /// the child or leads the school.
    async fn concern_resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which concern, and what was done.")] input: ConcernResolveInput,
    ) -> Result<ConcernResolvePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::resolve(write, input))).await;
        ConcernResolvePayload::of(done)
    }
}
