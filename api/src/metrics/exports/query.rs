//! Reading the own exports.

use async_graphql::{Context, ID, Object};
use glans_entity::ids::ExportId;

use super::rules::Owner;
use super::types::MetricExport;
use super::{actions, store};
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};

/// The root fields that read exports.
#[derive(Default)]
pub struct MetricExportQuery;

#[Object]
impl MetricExportQuery {
    /// One export that the viewer started, to see whether its file is ready; null when there is none, and once it
    /// expired or went for a newer one.
    async fn metric_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the export.")] id: ID,
    ) -> Result<Option<MetricExport>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let Ok(id) = id.parse::<ExportId>() else { return Ok(None) };
        Ok(actions::own(call, &[id]).await?.pop().map(MetricExport))
    }

    /// The exports that the viewer started in the last seven days and that are kept, the latest first.
    async fn metric_exports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<MetricExport>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let args = PageArgs { first, after, last, before };
        let owner = Owner::of(&call.standing().actor);
        let rows = store::list(&*call.read().await?, &call.scope(), owner, call.now(), &args).await?;
        Ok(rows.into_page(MetricExport))
    }
}
