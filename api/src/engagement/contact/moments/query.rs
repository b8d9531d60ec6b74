//! Reading contact moments.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::StudentId;

use super::store;
use super::types::ContactMoment;
use crate::call::Call;
use crate::people::access_log::ask_about;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read contact moments.
#[derive(Default)]
pub struct ContactMomentQuery;

#[Object]
impl ContactMomentQuery {
    /// The contact moments about a child, the latest first: all of them for who teaches the child or leads the school; for a
    /// guardian who has everything of the child, the compliments that are for them.
    async fn contact_moments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "About which child.")] student: ID,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<ContactMoment>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        // An id of something else is that of no child in sight.
        let student = student.parse().unwrap_or_else(|_| StudentId::new());
        ask_about(ctx, student).await?;
        contact_moments_of(call, student, PageArgs { first, after, last, before }).await
    }
}

/// One page of the contact moments in sight about a child, the latest first.
pub async fn contact_moments_of(call: &Call, student: StudentId, args: PageArgs) -> Result<Page<ContactMoment>> {
    let page = store::page(&*call.read().await?, &call.scope(), student, &args).await?;
    Ok(page.into_page(ContactMoment))
}
