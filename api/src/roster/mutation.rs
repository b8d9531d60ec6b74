//! Importing rosters.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{
    RosterImportRollbackInput, RosterImportRollbackPayload, RosterImportStartInput, RosterImportStartPayload,
};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields that import rosters.
#[derive(Default)]
pub struct RosterMutation;

#[Object]
impl RosterMutation {
    /// Starts the import of a OneRoster 1.1 or 1.2 CSV bundle and tells where to send it. For administrators of the board
    /// and API clients with `roster:write`. The import begins when the bundle has arrived; follow it with `rosterImport`.
    async fn roster_import_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Into which board, and how.")] input: RosterImportStartInput,
    ) -> Result<RosterImportStartPayload> {
        let call = Call::of(ctx);
        let done = call.once(ctx, |write| Box::pin(actions::start(write, input))).await;
        RosterImportStartPayload::of(done, call.app())
    }

    /// Undoes an import: every record as it was before. Refused as a whole when any of them was changed since. For
    /// administrators of the board and API clients with `roster:write`. Doing it again changes nothing.
    async fn roster_import_rollback(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which import.")] input: RosterImportRollbackInput,
    ) -> Result<RosterImportRollbackPayload> {
        let done = Call::of(ctx).once(ctx, |write| Box::pin(actions::roll_back(write, input))).await;
        RosterImportRollbackPayload::of(done)
    }
}
