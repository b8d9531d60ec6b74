//! Reading the own preferences.

use async_graphql::{Context, Object};

use super::store;
use super::types::NotificationPreferences;
use crate::call::Call;
use crate::platform::error::Result;

/// The root field that reads preferences.
#[derive(Default)]
pub struct PreferenceQuery;

#[Object]
impl PreferenceQuery {
    /// What the viewer is told by push and e-mail, and when. It holds in all boards. For persons.
    async fn notification_preferences(&self, ctx: &Context<'_>) -> Result<NotificationPreferences> {
        let call = Call::of(ctx);
        let viewer = call.person()?;
        Ok(store::of_one(&*call.read().await?, viewer.account).await?.into())
    }
}
