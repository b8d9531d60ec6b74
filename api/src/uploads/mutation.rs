//! Making addresses to send bytes to.

use async_graphql::{Context, Object};

use super::actions;
use super::types::{UploadCreateInput, UploadCreatePayload};
use crate::call::Call;
use crate::platform::error::Result;

/// The root field that makes uploads.
#[derive(Default)]
pub struct UploadMutation;

#[Object]
impl UploadMutation {
    /// Makes an address to send a course to that is too large for a request; `programmeImport` then takes it by its
    /// `id`, within the hour. For board administrators and trainers of the board.
    async fn upload_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which board.")] input: UploadCreateInput,
    ) -> Result<UploadCreatePayload> {
        let call = Call::of(ctx);
        let done = call.once(ctx, |write| Box::pin(actions::create(write, input))).await;
        UploadCreatePayload::of(done, call.app())
    }
}
