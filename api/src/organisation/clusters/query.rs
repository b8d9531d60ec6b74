//! Reading clusters.

use async_graphql::{Context, Object};
use glans_entity::ids::BoardId;

use super::store;
use super::types::{Cluster, ClusterFilter};
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read clusters.
#[derive(Default)]
pub struct ClusterQuery;

#[Object]
impl ClusterQuery {
    /// The clusters that the viewer may see, by name.
    async fn clusters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all that are in use when absent.")] filter: Option<ClusterFilter>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Cluster>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        page(call, None, filter, PageArgs { first, after, last, before }).await
    }
}

/// One page of the clusters of `board`, or of all boards in sight.
pub async fn page(
    call: &Call,
    board: Option<BoardId>,
    filter: Option<ClusterFilter>,
    args: PageArgs,
) -> Result<Page<Cluster>> {
    let archived = filter.and_then(|filter| filter.include_archived).unwrap_or_default();
    let rows = store::page(&*call.read().await?, &call.scope(), board, archived, &args).await?;
    Ok(rows.into_page(Cluster))
}
