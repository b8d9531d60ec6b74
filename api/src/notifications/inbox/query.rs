//! Reading the inbox.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::StudentId;

use super::store::{self, Wanted};
use super::types::Notification;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read the inbox.
#[derive(Default)]
pub struct NotificationQuery;

#[Object]
impl NotificationQuery {
    /// What the viewer is told, over all boards and children, newest first: one item, however many children it concerns. What
    /// does not hold any more, or the viewer may not know any more, is not in it. Everything stands here, whatever the viewer
    /// chose for push notifications and e-mail.
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what is left to read; false when absent.")] unread_only: Option<bool>,
        #[graphql(desc = "Only what concerns this child.")] student: Option<ID>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Notification>> {
        let call = Call::of(ctx);
        call.person()?;
        let wanted =
            Wanted { student: student.as_ref().map(known_or_nobody), unread_only: unread_only.unwrap_or_default() };
        let args = PageArgs { first, after, last, before };
        Ok(store::page(&*call.read().await?, &call.scope(), &wanted, &args).await?.into_page(Notification))
    }

    /// How many notifications of the last 90 days are left to read: what a badge shows.
    async fn unread_notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what concerns this child.")] student: Option<ID>,
    ) -> Result<i32> {
        let call = Call::of(ctx);
        call.person()?;
        let wanted = Wanted { student: student.as_ref().map(known_or_nobody), unread_only: true };
        let count = store::count(&*call.read().await?, &call.scope(), &wanted, call.now()).await?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

/// An id of something else is that of no child in sight.
fn known_or_nobody(id: &ID) -> StudentId {
    id.parse().unwrap_or_else(|_| StudentId::new())
}
