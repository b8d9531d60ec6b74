//! Reading what was given up.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::BoardId;

use super::store;
use super::types::DeadDelivery;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read what was given up.
#[derive(Default)]
pub struct DeadDeliveryQuery;

#[Object]
impl DeadDeliveryQuery {
    /// The push notifications and e-mails of a board that were given up, the last one first; none of a board that the viewer
    /// does not administer.
    async fn dead_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the board.")] board: ID,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<DeadDelivery>> {
        let call = Call::of(ctx);
        call.person()?;
        // An id of something else is that of no board in sight.
        let board = board.parse().unwrap_or_else(|_| BoardId::new());
        let args = PageArgs { first, after, last, before };
        Ok(store::page(&*call.read().await?, &call.scope(), board, &args).await?.into_page(DeadDelivery))
    }
}
