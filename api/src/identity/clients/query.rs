//! Reading API clients.

use async_graphql::{Context, ID, Object};

use super::store;
use super::types::ApiClient;
use crate::call::Call;
use crate::platform::error::{Code, Result, coded};
use crate::platform::page::{Page, PageArgs};

/// The root field that reads API clients.
#[derive(Default)]
pub struct ApiClientQuery;

#[Object]
impl ApiClientQuery {
    /// The API clients of a board, by name, ended ones among them. For administrators of the board; empty for others.
    async fn api_clients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which board.")] board: ID,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<ApiClient>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let board = board.parse().map_err(|_| coded(Code::BadUserInput, "`board` takes the id of a board."))?;
        let args = PageArgs { first, after, last, before };
        Ok(store::page(&*call.read().await?, &call.scope(), board, &args).await?.into_page(ApiClient))
    }
}
