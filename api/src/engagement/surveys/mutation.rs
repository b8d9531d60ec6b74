//! Asking, and answering.

use async_graphql::{Context, Object};

use super::inputs::{
    SurveyCloseInput, SurveyClosePayload, SurveyCreateInput, SurveyCreatePayload, SurveyOpenInput, SurveyOpenPayload,
    SurveyRespondInput, SurveyRespondPayload, SurveyUpdateInput, SurveyUpdatePayload,
};
use super::{actions, respond};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that make and answer surveys.
#[derive(Default)]
pub struct SurveyMutation;

#[Object]
impl SurveyMutation {
    /// Makes a survey or a pulse, as a draft that nobody receives yet. For who teaches the groups, leads the schools, directs
    /// the cluster or administers the board that it is for.
    async fn survey_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The survey.")] input: SurveyCreateInput,
    ) -> Result<SurveyCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        SurveyCreatePayload::of(done)
    }

    /// Changes a draft. For its author, as long as that one has a role at its places, and for who leads, directs or
    /// administers all of them.
    async fn survey_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: SurveyUpdateInput,
    ) -> Result<SurveyUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        SurveyUpdatePayload::of(done)
    }

    /// Opens a draft; whom it reaches is decided now. Places that were closed since are left out; where all were, it is
    /// not opened (`CONFLICT`). Its questions stay as they are from then on. Done twice, it changes nothing.
    async fn survey_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: SurveyOpenInput,
    ) -> Result<SurveyOpenPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::open(write, input))).await;
        SurveyOpenPayload::of(done)
    }

    /// Closes a survey before its time, for good: it takes no more answers and is not opened again, and its results are told
    /// from now on. Done twice, it changes nothing.
    async fn survey_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: SurveyCloseInput,
    ) -> Result<SurveyClosePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::close(write, input))).await;
        SurveyClosePayload::of(done)
    }

    /// Answers a survey, for the viewer alone; a pulse about one child, by a guardian or by who teaches its class group.
    /// Answered again, the new answers stand in place of the old ones, unless it is anonymous. Can be kept offline and sent
    /// later, as long as it is open.
    async fn survey_respond(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answers.")] input: SurveyRespondInput,
    ) -> Result<SurveyRespondPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(respond::respond(write, input))).await;
        SurveyRespondPayload::of(done)
    }
}
