//! Changing cohorts.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    CohortCreateInput, CohortCreatePayload, CohortSchoolAddInput, CohortSchoolAddPayload, CohortSchoolRemoveInput,
    CohortSchoolRemovePayload, CohortUpdateInput, CohortUpdatePayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change cohorts.
#[derive(Default)]
pub struct CohortMutation;

#[Object]
impl CohortMutation {
    /// Makes a cohort of schools that follow a course together. For administrators of the board, and for directors when
    /// all schools are of their cluster.
    async fn cohort_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new cohort.")] input: CohortCreateInput,
    ) -> Result<CohortCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        CohortCreatePayload::of(done)
    }

    /// Changes a cohort. For administrators of the board, its trainers, and the director of all its schools.
    async fn cohort_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: CohortUpdateInput,
    ) -> Result<CohortUpdatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::update(write, input))).await;
        CohortUpdatePayload::of(done)
    }

    /// Adds a school to a cohort from today; one that left comes back. Adding it again changes nothing. For
    /// administrators of the board and for the director of all its schools; for its trainers, where the school comes back.
    async fn cohort_school_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which school joins which cohort.")] input: CohortSchoolAddInput,
    ) -> Result<CohortSchoolAddPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::add_school(write, input))).await;
        CohortSchoolAddPayload::of(done)
    }

    /// Lets a school leave a cohort today; its history stays. Removing it again changes nothing. For administrators of
    /// the board, its trainers, and the director of all its schools.
    async fn cohort_school_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which school leaves which cohort.")] input: CohortSchoolRemoveInput,
    ) -> Result<CohortSchoolRemovePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::remove_school(write, input))).await;
        CohortSchoolRemovePayload::of(done)
    }
}
