//! Changing school years.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{SchoolYearCreateInput, SchoolYearCreatePayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that change school years.
#[derive(Default)]
pub struct SchoolYearMutation;

#[Object]
impl SchoolYearMutation {
    /// Makes a school year of a board. For its administrators.
    async fn school_year_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new school year.")] input: SchoolYearCreateInput,
    ) -> Result<SchoolYearCreatePayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::create(write, input))).await;
        SchoolYearCreatePayload::of(done)
    }
}
