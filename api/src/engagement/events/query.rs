//! Reading events.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::EventId;

use super::store;
use super::types::Event;
use crate::call::Call;
use crate::loaders;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::platform::scalars::Instant;

/// The root fields that read events.
#[derive(Default)]
pub struct EventQuery;

#[Object]
impl EventQuery {
    /// An event by its id; null when there is none that the viewer may see.
    async fn event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the event.")] id: ID,
    ) -> Result<Option<Event>> {
        Call::of(ctx).signed_in()?;
        let Ok(id) = id.parse::<EventId>() else { return Ok(None) };
        Ok(loaders::one(ctx, id).await?.map(Event))
    }

    /// The events to which the viewer is invited, and those for the places for which they answer or where they work, earliest
    /// first.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that end after it; all when absent.")] from: Option<Instant>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Event>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let args = PageArgs { first, after, last, before };
        let page = store::page(&*call.read().await?, &call.scope(), from.map(|at| at.0), &args).await?;
        Ok(page.into_page(Event))
    }
}
