//! Reading boards.

use async_graphql::{Context, ID, Object};

use super::store;
use super::types::Board;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read boards.
#[derive(Default)]
pub struct BoardQuery;

#[Object]
impl BoardQuery {
    /// One board; null when there is none with this id that the viewer may see.
    async fn board(&self, ctx: &Context<'_>, #[graphql(desc = "Which board.")] id: ID) -> Result<Option<Board>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(store::by_id(&*call.read().await?, &call.scope(), id).await?.map(Board))
    }

    /// The boards in which the viewer has a role or a child, by name.
    async fn boards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Board>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let args = PageArgs { first, after, last, before };
        Ok(store::page(&*call.read().await?, &call.scope(), &args).await?.into_page(Board))
    }
}
