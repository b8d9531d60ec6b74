//! Reading surveys.

use async_graphql::{Context, Object};

use super::inputs::SurveyFilter;
use super::store::{self, Wanted};
use super::types::Survey;
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read surveys.
#[derive(Default)]
pub struct SurveyQuery;

#[Object]
impl SurveyQuery {
    /// The surveys in sight, newest first: those that reached the viewer and, for staff, those of the places where the viewer
    /// works and the drafts that the viewer may change.
    async fn surveys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all when absent.")] filter: Option<SurveyFilter>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Survey>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let filter = filter.unwrap_or_default();
        let wanted = Wanted {
            status: filter.status.map(Into::into),
            addressed: filter.is_addressed_to_viewer.unwrap_or_default(),
        };
        let args = PageArgs { first, after, last, before };
        let page = store::page(&*call.read().await?, &call.scope(), &wanted, call.now(), &args).await?;
        Ok(page.into_page(Survey))
    }
}
