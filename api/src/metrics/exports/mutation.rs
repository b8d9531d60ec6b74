//! Starting exports.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{ExportStartInput, ExportStartPayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that start exports.
#[derive(Default)]
pub struct MetricExportMutation;

#[Object]
impl MetricExportMutation {
    /// Has engagement figures written into a file, as many as a million. For administrators of the board, directors of the
    /// cluster, leaders of the school and API clients with `metrics:read`. Ask for `metricExport` until it is READY, then
    /// fetch `url`. Five exports of a board are made at a time. Of one viewer the ten latest are kept, and 1 GiB of
    /// files: the oldest that are done go for a new one. Of a board 8 GiB are kept. Where a board changes
    /// `leastShown`, its files are gone: start them again.
    async fn export_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which figures, and in which form.")] input: ExportStartInput,
    ) -> Result<ExportStartPayload> {
        let call = Call::of(ctx);
        call.signed_in()?;
        let order = actions::order(call, input).await;
        let done = call.once(ctx, |write| Box::pin(actions::start(write, order))).await;
        ExportStartPayload::of(done)
    }
}
