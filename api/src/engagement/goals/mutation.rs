//! Changing goals.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    GoalAgreeInput, GoalAgreePayload, GoalMarkInput, GoalMarkPayload, GoalProposeInput, GoalProposePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change goals.
#[derive(Default)]
pub struct GoalMutation;

#[Object]
impl GoalMutation {
    /// Proposes a goal of a child for the year, and agrees to it. For the guardians at access FULL, and for who leads the
    /// school or teaches the group.
    async fn goal_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The goal.")] input: GoalProposeInput,
    ) -> Result<GoalProposePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::propose(write, input))).await;
        GoalProposePayload::of(done)
    }

    /// Agrees to a goal; twice is no error. For the guardians at access FULL, and for who leads the school or teaches the
    /// group.
    async fn goal_agree(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which goal.")] input: GoalAgreeInput,
    ) -> Result<GoalAgreePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::agree(write, input))).await;
        GoalAgreePayload::of(done)
    }

    /// Says whether a goal was reached. For who leads the school or teaches the group.
    async fn goal_mark(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which goal, and what became of it.")] input: GoalMarkInput,
    ) -> Result<GoalMarkPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::mark(write, input))).await;
        GoalMarkPayload::of(done)
    }
}
