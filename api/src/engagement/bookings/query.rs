//! Reading rounds.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::BookingRoundId;

use super::store;
use super::types::BookingRound;
use crate::call::Call;
use crate::loaders;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read rounds.
#[derive(Default)]
pub struct BookingQuery;

#[Object]
impl BookingQuery {
    /// A round by its id; null when there is none that the viewer may see.
    async fn booking_round(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the round.")] id: ID,
    ) -> Result<Option<BookingRound>> {
        Call::of(ctx).signed_in()?;
        let Ok(id) = id.parse::<BookingRoundId>() else { return Ok(None) };
        Ok(loaders::one(ctx, id).await?.map(BookingRound))
    }

    /// The rounds that the viewer sees: as staff those of the own school or class groups, as a guardian those of the own
    /// children. Those that open last come first.
    async fn booking_rounds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<BookingRound>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let args = PageArgs { first, after, last, before };
        let page = store::page(&*call.read().await?, &call.scope(), &args).await?;
        Ok(page.into_page(BookingRound))
    }
}
