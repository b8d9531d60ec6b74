//! Reading conversations.

use async_graphql::{Context, Object};

use super::store;
use super::types::Conversation;
use crate::call::Call;
use crate::platform::error::{Code, Result, coded};
use crate::platform::size::list_size;

const MOST: i32 = 100;
const USUAL: i32 = 10;

/// The root fields that read conversations.
#[derive(Default)]
pub struct ConversationQuery;

#[Object]
impl ConversationQuery {
    /// The next planned conversations to which the viewer comes, as guardian or as staff, over all boards, by time.
    #[graphql(directive = list_size::apply(10))]
    async fn appointments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 10 when absent.")] first: Option<i32>,
    ) -> Result<Vec<Conversation>> {
        let call = Call::of(ctx);
        call.person()?;
        let most = first.unwrap_or(USUAL);
        if !(1..=MOST).contains(&most) {
            return Err(coded(Code::BadUserInput, format!("Ask for 1 to {MOST} appointments.")));
        }
        let most = u64::from(most.unsigned_abs());
        let rows = store::upcoming(&*call.read().await?, &call.scope(), call.now(), most).await?;
        Ok(rows.into_iter().map(Conversation).collect())
    }
}
