//! Reading roster imports.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::BoardId;

use super::store;
use super::types::RosterImport;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read roster imports.
#[derive(Default)]
pub struct RosterQuery;

#[Object]
impl RosterQuery {
    /// One roster import, with its progress; null when there is none that the viewer may see.
    async fn roster_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the import.")] id: ID,
    ) -> Result<Option<RosterImport>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(store::import(&*call.read().await?, &call.scope(), id).await?.map(RosterImport))
    }

    /// The roster imports of a board, the latest first. For administrators of the board.
    async fn roster_imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The board.")] board: ID,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<RosterImport>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let board = board.parse::<BoardId>().ok();
        let args = PageArgs { first, after, last, before };
        let rows = store::imports(&*call.read().await?, &call.scope(), board, &args).await?;
        Ok(rows.into_page(RosterImport))
    }
}
