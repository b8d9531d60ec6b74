//! Deciding about lessons.

use async_graphql::{Context, Object};
use glans_entity::ids::LessonId;
use glans_entity::practice::cohort_school;

use super::actions::{self, Marked};
use super::types::{
    LessonProgress, LessonReopenInput, LessonReopenPayload, LessonSkipInput, LessonSkipPayload, lesson_of,
};
use crate::call::Call;
use crate::platform::error::{Result, outcome};

/// The root fields that decide about lessons.
#[derive(Default)]
pub struct ProgressMutation;

#[Object]
impl ProgressMutation {
    /// Leaves a lesson out at a school. Leaving it out again changes nothing. For the trainers of the cohort, administrators
    /// of the board, and the director of all schools of the cohort.
    async fn lesson_skip(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which lesson, where, and why.")] input: LessonSkipInput,
    ) -> Result<LessonSkipPayload> {
        let done = Call::of(ctx).once(ctx, |write| {
            Box::pin(async move {
                let LessonSkipInput { school_cohort, lesson, reason, .. } = &input;
                actions::skip(write, Marked { school_cohort, lesson, reason }).await
            })
        });
        let (row, user_errors) = outcome(done.await)?;
        Ok(LessonSkipPayload { progress: shown(ctx, row).await?, user_errors })
    }

    /// Takes a lesson up again that is reflected, discussed or skipped: what was shared so far belongs to the time before.
    /// Otherwise CONFLICT. For the trainers of the cohort, administrators of the board, and the director of all schools of
    /// the cohort.
    async fn lesson_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which lesson, where, and why.")] input: LessonReopenInput,
    ) -> Result<LessonReopenPayload> {
        let done = Call::of(ctx).once(ctx, |write| {
            Box::pin(async move {
                let LessonReopenInput { school_cohort, lesson, reason, .. } = &input;
                actions::reopen(write, Marked { school_cohort, lesson, reason }).await
            })
        });
        let (row, user_errors) = outcome(done.await)?;
        Ok(LessonReopenPayload { progress: shown(ctx, row).await?, user_errors })
    }
}

async fn shown(ctx: &Context<'_>, done: Option<(cohort_school::Model, LessonId)>) -> Result<Option<LessonProgress>> {
    match done {
        Some((school, lesson)) => lesson_of(ctx, &school, lesson).await,
        None => Ok(None),
    }
}
