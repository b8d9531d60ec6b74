//! Reading concerns.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::StudentId;

use super::store;
use super::types::Concern;
use crate::call::Call;
use crate::people::access_log::ask_about;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read concerns.
#[derive(Default)]
pub struct ConcernQuery;

#[Object]
impl ConcernQuery {
    /// The concerns that the viewer may see, newest first: for who teaches the child or leads the school all of them; for a
    /// guardian who has everything of the child, the own ones and those that staff shares.
    async fn concerns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only about this child; about all when absent.")] student: Option<ID>,
        #[graphql(desc = "Only those that are not resolved; false when absent.")] open_only: Option<bool>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Concern>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        // An id of something else is that of no child in sight.
        let student = student.map(|id| id.parse().unwrap_or_else(|_| StudentId::new()));
        if let Some(student) = student {
            ask_about(ctx, student).await?;
        }
        let args = PageArgs { first, after, last, before };
        let open_only = open_only.unwrap_or_default();
        let page = store::page(&*call.read().await?, &call.scope(), student, open_only, &args).await?;
        Ok(page.into_page(Concern))
    }
}
