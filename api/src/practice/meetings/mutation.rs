//! Changing meetings.

use async_graphql::{Context, Object};

use super::types::{
    MeetingCancelInput, MeetingCancelPayload, MeetingPlanInput, MeetingPlanPayload, MeetingRecordInput,
    MeetingRecordPayload, MeetingUpdateInput, MeetingUpdatePayload,
};
use super::{actions, record};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change meetings.
#[derive(Default)]
pub struct MeetingMutation;

#[Object]
impl MeetingMutation {
    /// Plans a meeting of a cohort. For its trainers, administrators of the board, and the director of all its schools.
    async fn meeting_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new meeting.")] input: MeetingPlanInput,
    ) -> Result<MeetingPlanPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::plan(write, input))).await;
        MeetingPlanPayload::of(done)
    }

    /// Moves a planned meeting, or changes what it is about. One that was held or cancelled is refused with CONFLICT.
    /// For its trainers, administrators of the board, and the director of all schools of the cohort.
    async fn meeting_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: MeetingUpdateInput,
    ) -> Result<MeetingUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        MeetingUpdatePayload::of(done)
    }

    /// Records that a meeting was held, who was there and which experiences it took up; the others are carried over. Again, to
    /// mend what was recorded or when somebody has caught up. A cancelled one is refused with CONFLICT. For its trainers,
    /// administrators of the board, and the director of all schools of the cohort.
    async fn meeting_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How it went.")] input: MeetingRecordInput,
    ) -> Result<MeetingRecordPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(record::record(write, input))).await;
        MeetingRecordPayload::of(done)
    }

    /// Cancels a planned meeting; it stays to be seen. Cancelling it again changes nothing; one that was held is refused with
    /// CONFLICT. For its trainers, administrators of
    /// the board, and the director of all schools of the cohort.
    async fn meeting_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which meeting.")] input: MeetingCancelInput,
    ) -> Result<MeetingCancelPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::cancel(write, input))).await;
        MeetingCancelPayload::of(done)
    }
}
