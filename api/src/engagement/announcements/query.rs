//! Reading announcements.

use async_graphql::{Context, Object};

use super::inputs::AnnouncementFilter;
use super::store;
use super::types::Announcement;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read announcements.
#[derive(Default)]
pub struct AnnouncementQuery;

#[Object]
impl AnnouncementQuery {
    /// The announcements in sight, newest first: those that reached the viewer and, for staff, those of the places where the
    /// viewer works and the drafts that the viewer may change. What has expired or was withdrawn is left out unless the
    /// filter asks for it.
    async fn announcements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all when absent.")] filter: Option<AnnouncementFilter>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Announcement>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let wanted = filter.unwrap_or_default().into_wanted();
        let args = PageArgs { first, after, last, before };
        let page = store::page(&*call.read().await?, &call.scope(), &wanted, call.now(), &args).await?;
        Ok(page.into_page(Announcement))
    }
}
