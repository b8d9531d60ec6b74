//! The own calendar feed.

use async_graphql::{Context, Object};

use super::store;
use super::types::CalendarFeed;
use crate::call::Call;
use crate::platform::error::Result;

/// The root field that reads the calendar feed.
#[derive(Default)]
pub struct CalendarQuery;

#[Object]
impl CalendarQuery {
    /// The calendar feed of the viewer; null when there is none: `calendarFeedRenew` makes it. For persons.
    async fn calendar_feed(&self, ctx: &Context<'_>) -> Result<Option<CalendarFeed>> {
        let call = Call::of(ctx);
        let viewer = call.person()?;
        Ok(store::of_account(&*call.read().await?, viewer.account).await?.map(CalendarFeed::from))
    }
}
