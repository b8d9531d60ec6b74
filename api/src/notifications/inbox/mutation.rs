//! Marking as read.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{NotificationsReadInput, NotificationsReadPayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields about the inbox.
#[derive(Default)]
pub struct NotificationMutation;

#[Object]
impl NotificationMutation {
    /// Marks notifications as read: some, or all up to one. What was read in the app is not pushed any more. Twice changes
    /// nothing. For whom they are.
    async fn notifications_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was read.")] input: NotificationsReadInput,
    ) -> Result<NotificationsReadPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::read(write, input))).await;
        NotificationsReadPayload::of(done)
    }
}
