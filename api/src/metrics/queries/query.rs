//! Reading the log.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::BoardId;

use super::store;
use super::types::MetricQuery;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root field that reads what was asked of metrics.
#[derive(Default)]
pub struct MetricLogQuery;

#[Object]
impl MetricLogQuery {
    /// What was asked of the metrics of a board in the last year, by people and API clients, the last one first. A line appears
    /// within some seconds; those of the last three seconds of a server that is killed are lost. For administrators of
    /// the board; empty for others.
    async fn metric_queries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the board.")] board: ID,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<MetricQuery>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        // An id of something else is that of no board in sight.
        let board = board.parse().unwrap_or_else(|_| BoardId::new());
        let args = PageArgs { first, after, last, before };
        Ok(store::page(&*call.read().await?, &call.scope(), board, &args).await?.into_page(MetricQuery))
    }
}
