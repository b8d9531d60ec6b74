//! Changing team sessions.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    TeamSessionCancelInput, TeamSessionCancelPayload, TeamSessionPlanInput, TeamSessionPlanPayload,
    TeamSessionRecordInput, TeamSessionRecordPayload, TeamSessionUpdateInput, TeamSessionUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change team sessions.
#[derive(Default)]
pub struct TeamSessionMutation;

#[Object]
impl TeamSessionMutation {
    /// Plans a session in which the team of a school gets a lesson. For leaders of the school.
    async fn team_session_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new session.")] input: TeamSessionPlanInput,
    ) -> Result<TeamSessionPlanPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::plan(write, input))).await;
        TeamSessionPlanPayload::of(done)
    }

    /// Moves a planned session. One that was held or cancelled is refused with CONFLICT. For leaders of the school.
    async fn team_session_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: TeamSessionUpdateInput,
    ) -> Result<TeamSessionUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        TeamSessionUpdatePayload::of(done)
    }

    /// Records that a session was held and who was there; again, to mend what was recorded. A cancelled one is refused with
    /// CONFLICT. For leaders of the school.
    async fn team_session_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How it went.")] input: TeamSessionRecordInput,
    ) -> Result<TeamSessionRecordPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::record(write, input))).await;
        TeamSessionRecordPayload::of(done)
    }

    /// Cancels a planned session; it stays to be seen. Cancelling it again changes nothing; one that was held is refused with
    /// CONFLICT. For leaders of the school.
    async fn team_session_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: TeamSessionCancelInput,
    ) -> Result<TeamSessionCancelPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::cancel(write, input))).await;
        TeamSessionCancelPayload::of(done)
    }
}
