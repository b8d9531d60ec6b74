//! Reading what is addressed to oneself.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::StudentId;

use super::store::{self, Wanted};
use super::types::{FeedItem, FeedKind};
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read what is addressed to oneself.
#[derive(Default)]
pub struct FeedQuery;

#[Object]
impl FeedQuery {
    /// What is addressed to the viewer, over all boards and children, newest first: announcements, messages, events, surveys
    /// and booking rounds in one list. An announcement leaves it when it expires, and one that is withdrawn leaves the lists of
    /// who had not read it.
    async fn feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what concerns this child.")] student: Option<ID>,
        #[graphql(desc = "Only what is of these kinds; all when absent.")] kinds: Option<Vec<FeedKind>>,
        #[graphql(desc = "Only what is left to read; false when absent.")] unread_only: Option<bool>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<FeedItem>> {
        let call = Call::of(ctx);
        call.person()?;
        let wanted = Wanted {
            now: call.now(),
            student: student.as_ref().map(known_or_nobody),
            kinds: kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            unread_only: unread_only.unwrap_or_default(),
        };
        let args = PageArgs { first, after, last, before };
        Ok(store::page(&*call.read().await?, &call.scope(), &wanted, &args).await?.into_page(FeedItem))
    }

    /// How many items of `feed` are left to read.
    async fn feed_unread_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what concerns this child.")] student: Option<ID>,
    ) -> Result<i32> {
        let call = Call::of(ctx);
        call.person()?;
        let student = student.as_ref().map(known_or_nobody);
        let count = store::unread_count(&*call.read().await?, &call.scope(), call.now(), student).await?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

/// An id of something else is that of no child in sight.
fn known_or_nobody(id: &ID) -> StudentId {
    id.parse().unwrap_or_else(|_| StudentId::new())
}
