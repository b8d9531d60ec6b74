//! Asking for the effect of a lesson.

use async_graphql::{Context, ID, Object};

use super::reading;
use super::types::LessonEffect;
use crate::call::Call;
use crate::metrics::engagement::Metric;
use crate::platform::error::Result;

/// The root field that reads the effect of a lesson.
#[derive(Default)]
pub struct LessonEffectQuery;

#[Object]
impl LessonEffectQuery {
    /// Whether a metric moved after teams got a lesson: its mean of the four weeks after less that of the four weeks
    /// before, less the same difference of schools that had not got the lesson yet, in the same calendar weeks. For
    /// administrators of the board, directors of the cluster, and clients with `metrics:read` of the whole board;
    /// `NOT_FOUND` for others.
    async fn lesson_effect(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Of which lesson; what a school did with a later edition of it counts as well once its cohort \
                          moved there."
        )]
        lesson: ID,
        #[graphql(desc = "On which metric, by week.")] metric: Metric,
        #[graphql(desc = "The board or the cluster whose schools are compared: those of its cohorts that follow the \
                          edition of the lesson.")]
        scope: ID,
    ) -> Result<LessonEffect> {
        Ok(LessonEffect(reading::effect(Call::of(ctx), &lesson, metric.into(), &scope).await?))
    }
}
