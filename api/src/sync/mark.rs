//! `syncCursor` of payloads, and `extensions.syncCursor`: from which page of its sync on an app has what it wrote.
//!
//! It is a mark in the log, and no place to sync from: what a phone holds, only the cursor of its own sync knows.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Context, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::Mutex;

use super::cursor::Position;
use super::store;
use crate::call::Call;
use crate::identity::master_key::MasterKey;
use crate::platform::error::{Code, Error, Result, coded};
use crate::platform::opaque::Boxed;

const CONTEXT: &str = "sync mark";

/// The mark of a request, and how many of its writes lie before it: told several times, it is looked up once.
#[derive(Debug, Default)]
pub struct Marked(Mutex<Option<(u32, String)>>);

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
        if let Some(call) = ctx.data_opt::<Arc<Call>>()
            && let Some(mark) = of(call).await
        {
            response.extensions.insert("syncCursor".to_owned(), mark.into());
        }
        response
    }
}

/// The mark after what the request of this resolver has written; none where there is none to tell.
pub fn sync_cursor<'a>(ctx: &'a Context<'_>) -> Boxed<'a, Option<String>> {
    of(Call::of(ctx))
}

fn of(call: &Call) -> Boxed<'_, Option<String>> {
    Box::pin(made_known(call))
}

async fn made_known(call: &Call) -> Option<String> {
    // Counted before the look into the log: a write in between is marked anew.
    let writes = call.writes();
    if writes == 0 || call.standing().actor.person().is_none() {
        return None;
    }
    let mut marked = call.marked.0.lock().await;
    if let Some((before, mark)) = &*marked
        && *before == writes
    {
        return Some(mark.clone());
    }
    match mark(call).await {
        Ok(mark) => Some(marked.insert((writes, mark)).1.clone()),
        Err(error) => {
            // What was written stands; the app syncs as it does without a mark.
            tracing::error!(?error, request_id = call.request_id, "no mark for the sync");
            None
        }
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
    let [xid, seq] = halves.ok_or_else(|| coded(Code::BadCursor, "This is no `syncCursor` of a mutation."))?;
    Ok(Position { xid: i64::from_be_bytes(xid), seq: i64::from_be_bytes(seq) })
}
