//! Reading cohorts.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::CohortId;

use super::store;
use super::types::Cohort;
use crate::call::Call;
use crate::loaders;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read cohorts.
#[derive(Default)]
pub struct CohortQuery;

#[Object]
impl CohortQuery {
    /// One cohort; null when there is none that the viewer may see.
    async fn cohort(&self, ctx: &Context<'_>, #[graphql(desc = "Which cohort.")] id: ID) -> Result<Option<Cohort>> {
        Call::of(ctx).signed_in()?;
        let Ok(id) = id.parse::<CohortId>() else { return Ok(None) };
        Ok(loaders::one(ctx, id).await?.map(Cohort))
    }

    /// The cohorts that the viewer may see, by name.
    async fn cohorts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Cohort>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let args = PageArgs { first, after, last, before };
        Ok(store::page(&*call.read().await?, &call.scope(), &args).await?.into_page(Cohort))
    }
}
