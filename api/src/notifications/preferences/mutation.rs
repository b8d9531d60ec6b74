//! Changing the own preferences.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{NotificationPreferencesUpdateInput, NotificationPreferencesUpdatePayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root field that changes preferences.
#[derive(Default)]
pub struct PreferenceMutation;

#[Object]
impl PreferenceMutation {
    /// Changes what the viewer is told by push and e-mail, and when. It holds in all boards, for what waits to be sent too:
    /// once this is answered, no push and no e-mail begins any more that is not wanted; an e-mail that a slow mail server has
    /// in hand may still arrive. The inbox in the app has everything in any case. For persons.
    async fn notification_preferences_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: NotificationPreferencesUpdateInput,
    ) -> Result<NotificationPreferencesUpdatePayload> {
        let call = Call::of(ctx);
        let viewer = call.person()?;
        let account = viewer.account;
        // As the system: a digest, which may follow from it, belongs to no board.
        let done = call
            .once_as_system(ctx, |write| Box::pin(async move { actions::update(write, &viewer, input).await }))
            .await;
        actions::settle(call.app(), done.is_ok().then_some(account)).await?;
        NotificationPreferencesUpdatePayload::of(done)
    }
}
