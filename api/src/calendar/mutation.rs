//! Changing the own calendar feed.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    CalendarFeedRenewInput, CalendarFeedRenewPayload, CalendarFeedRevokeInput, CalendarFeedRevokePayload,
};
use crate::call::Call;
use crate::platform::error::{Result, outcome};

/// The root fields that change the calendar feed.
#[derive(Default)]
pub struct CalendarMutation;

#[Object]
impl CalendarMutation {
    /// Makes an address at which calendar programs find what the viewer comes to: meetings, team sessions, conversations and
    /// events, those of the last year and all to come. An address that was made before ends at once. For persons.
    async fn calendar_feed_renew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new address.")] input: CalendarFeedRenewInput,
    ) -> Result<CalendarFeedRenewPayload> {
        let CalendarFeedRenewInput { client_mutation_id: _ } = input;
        let call = Call::of(ctx);
        let viewer = call.person()?;
        let done =
            call.once_as_system(ctx, |write| Box::pin(async move { actions::renew(write, &viewer).await })).await;
        CalendarFeedRenewPayload::of(call.app(), done)
    }

    /// Ends the calendar feed of the viewer: calendar programs find nothing any more. For persons. Ending it again changes
    /// nothing.
    async fn calendar_feed_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The end of the feed.")] input: CalendarFeedRevokeInput,
    ) -> Result<CalendarFeedRevokePayload> {
        let CalendarFeedRevokeInput { client_mutation_id: _ } = input;
        let call = Call::of(ctx);
        let viewer = call.person()?;
        let done =
            call.once_as_system(ctx, |write| Box::pin(async move { actions::revoke(write, &viewer).await })).await;
        let (ended, user_errors) = outcome(done)?;
        Ok(CalendarFeedRevokePayload { calendar_feed: ended.flatten().map(Into::into), user_errors })
    }
}
