//! Reading schools.

use async_graphql::{Context, ID, Object};

use super::rules;
use super::store::{self, Of};
use super::types::{School, SchoolFilter, SchoolOrder};
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read schools.
#[derive(Default)]
pub struct SchoolQuery;

#[Object]
impl SchoolQuery {
    /// One school; null when there is none that the viewer may see.
    async fn school(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the school; this or `brin`.")] id: Option<ID>,
        #[graphql(desc = "The register code: BRIN of four characters, or with the two digits of the location.")]
        brin: Option<String>,
    ) -> Result<Option<School>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let key = rules::key(id.as_ref().map(|id| id.as_str()), brin.as_deref())?;
        Ok(store::by_key(&*call.read().await?, &call.scope(), key).await?.map(School))
    }

    /// The own schools of the viewer and those that lie under a role of theirs, by name unless told otherwise. The other
    /// schools of a cohort stand in `Cohort.schools`.
    async fn schools(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all when absent.")] filter: Option<SchoolFilter>,
        #[graphql(desc = "In which order; by name when absent.")] order_by: Option<SchoolOrder>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<School>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        page(call, Of::Everything, filter, order_by, PageArgs { first, after, last, before }).await
    }
}

/// All schools in use that the viewer can act in, by name.
pub async fn of_viewer(call: &Call) -> Result<Vec<School>> {
    let rows = store::all_open(&*call.read().await?, &call.scope().without_fellows()).await?;
    Ok(rows.into_iter().map(School).collect())
}

/// One page of the schools of `of`.
pub async fn page(
    call: &Call,
    of: Of,
    filter: Option<SchoolFilter>,
    order: Option<SchoolOrder>,
    args: PageArgs,
) -> Result<Page<School>> {
    let filter = filter.unwrap_or_default();
    let scope = call.scope().without_fellows();
    let rows = store::page(&*call.read().await?, &scope, of, &filter, order.unwrap_or_default(), &args).await?;
    Ok(rows.into_page(School))
}
