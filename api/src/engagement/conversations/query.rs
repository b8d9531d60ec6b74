//! Reading conversations.

use async_graphql::Context;

use super::store;
use super::types::Conversation;
use crate::call::Call;
use crate::platform::error::Result;

/// The next planned conversations to which the viewer comes, by time.
pub async fn upcoming_of(ctx: &Context<'_>, most: u64) -> Result<Vec<Conversation>> {
    let call = Call::of(ctx);
    let rows = store::upcoming(&*call.read().await?, &call.scope(), call.now(), most).await?;
    Ok(rows.into_iter().map(Conversation).collect())
}
