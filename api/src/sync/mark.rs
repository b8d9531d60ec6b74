//! `extensions.syncCursor`: tells an app from which page of its sync on it has what it wrote.

use std::sync::Arc;

use async_graphql::Response;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::cursor::Position;
use super::store;
use crate::call::Call;
use crate::identity::master_key::MasterKey;
use crate::platform::error::{Code, Error, Result, coded};

const CONTEXT: &str = "sync mark";

/// Puts `syncCursor` beside the answer to what was written.
pub struct SyncMarks;

impl ExtensionFactory for SyncMarks {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for SyncMarks {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        let wrote = |call: &&Arc<Call>| call.has_written() && call.standing().actor.person().is_some();
        let Some(call) = ctx.data_opt::<Arc<Call>>().filter(wrote) else { return response };
        match mark(call).await {
            Ok(mark) => _ = response.extensions.insert("syncCursor".to_owned(), mark.into()),
            // What was written stands; the app syncs as it does without a mark.
            Err(error) => tracing::error!(?error, request_id = call.request_id, "no mark for the sync"),
        }
        response
    }
}

/// What is committed by now lies before it.
async fn mark(call: &Call) -> Result<String> {
    let app = call.app();
    let Position { xid, seq } = store::ends(app.db.connection()).await?.begun;
    let bytes = [xid.to_be_bytes(), seq.to_be_bytes()].concat();
    let sealed = app.identity.master.seal(CONTEXT, &bytes).map_err(Error::fault)?;
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

/// The inverse.
///
/// # Errors
/// `BAD_CURSOR` for what this server did not make.
pub(super) fn open(master: &MasterKey, mark: &str) -> Result<Position> {
    let sealed = URL_SAFE_NO_PAD.decode(mark).ok();
    let bytes = sealed.and_then(|sealed| master.open(CONTEXT, &sealed).ok());
    let halves = bytes.as_deref().and_then(|bytes| bytes.as_chunks::<8>().0.try_into().ok());
    let [xid, seq] = halves.ok_or_else(|| coded(Code::BadCursor, "This is no `syncCursor` of an answer."))?;
    Ok(Position { xid: i64::from_be_bytes(xid), seq: i64::from_be_bytes(seq) })
}
