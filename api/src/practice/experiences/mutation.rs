//! Sharing experiences.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    ExperienceCommentInput, ExperienceCommentPayload, ExperienceShareInput, ExperienceSharePayload,
    ExperienceUpdateInput, ExperienceUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that share experiences.
#[derive(Default)]
pub struct ExperienceMutation;

#[Object]
impl ExperienceMutation {
    /// Shares an experience with a lesson. A text that seems to name a child or guardian of the school is refused with
    /// `NAMES_SOMEBODY` until it is mended, or `namesNobody` says that it names none. For leaders and teachers of the school.
    async fn experience_share(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The experience.")] input: ExperienceShareInput,
    ) -> Result<ExperienceSharePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::share(write, input))).await;
        ExperienceSharePayload::of(done)
    }

    /// Changes an experience, or shares it with more people. For its author, as long as that one works at the school.
    async fn experience_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: ExperienceUpdateInput,
    ) -> Result<ExperienceUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        ExperienceUpdatePayload::of(done)
    }

    /// Comments on an experience. A text that seems to name a child or guardian of an own school is refused with
    /// `NAMES_SOMEBODY`, as for `experienceShare`. For the team of its school, school leaders of the board who see it, and the
    /// trainers of the cohort.
    async fn experience_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The comment.")] input: ExperienceCommentInput,
    ) -> Result<ExperienceCommentPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::comment(write, input))).await;
        ExperienceCommentPayload::of(done)
    }
}
