//! Reading threads.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::{StudentId, ThreadId};

use super::store::{self, Wanted};
use super::types::Thread;
use crate::call::Call;
use crate::loaders;
use crate::people::access_log::ask_about;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read threads.
#[derive(Default)]
pub struct ThreadQuery;

#[Object]
impl ThreadQuery {
    /// One thread; null when there is none with this id that the viewer may see.
    async fn thread(&self, ctx: &Context<'_>, #[graphql(desc = "Which thread.")] id: ID) -> Result<Option<Thread>> {
        Call::of(ctx).signed_in()?;
        let Ok(id) = id.parse::<ThreadId>() else { return Ok(None) };
        Ok(loaders::one(ctx, id).await?.map(Thread))
    }

    /// The threads in which the viewer takes part, the one in which a message arrived last first. For guardians, and for
    /// teachers and leaders.
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only about this child; about all when absent.")] student: Option<ID>,
        #[graphql(desc = "Only those in which a message waits to be read; false when absent.")] unread_only: Option<
            bool,
        >,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Thread>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let wanted = Wanted {
            // An id of something else is that of no child in sight.
            student: student.map(|id| id.parse().unwrap_or_else(|_| StudentId::new())),
            unread: unread_only.unwrap_or_default(),
        };
        if let Some(student) = wanted.student {
            ask_about(ctx, student).await?;
        }
        let args = PageArgs { first, after, last, before };
        let page = store::page(&*call.read().await?, &call.scope(), call.now(), wanted, &args).await?;
        Ok(page.into_page(Thread))
    }
}
