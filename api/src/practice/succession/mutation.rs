//! Moving a cohort to another edition.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{CohortMigrateInput, CohortMigratePayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root field that moves cohorts to other editions.
#[derive(Default)]
pub struct SuccessionMutation;

#[Object]
impl SuccessionMutation {
    /// Lets a cohort go on with another edition of its course. What happened with a lesson belongs to its successor from
    /// then on, and so does what phones that were offline send about it. A lesson with which something happened needs a
    /// successor, or is to be named in `ended`: `CONFLICT` lists those that are neither. Moving to the present edition
    /// changes nothing. For administrators of the board, its trainers, and the director of all its schools.
    async fn cohort_migrate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cohort goes on with what.")] input: CohortMigrateInput,
    ) -> Result<CohortMigratePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::migrate(write, input))).await;
        CohortMigratePayload::of(done)
    }
}
