//! `PUT /uploads/{token}`: where the bytes of an import arrive, once, within an hour.

use std::sync::Arc;
use std::time::Duration as Patience;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::put;
use axum::{Extension, Router};
use chrono::Duration;
use glans_entity::ids::{BoardId, RosterImportId};
use glans_entity::roster::{RosterImportState, roster_import};
use sea_orm::ConnectionTrait;

use super::run::run;
use super::source::Source;
use super::{PERMITTED, store};
use crate::access::Place;
use crate::app::App;
use crate::call::Call;
use crate::http::RequestId;
use crate::http::house::in_time;
use crate::platform::error::Result;
use crate::uploads::{Declined, answer, hash};

/// How long an upload is waited for.
pub(super) const LIVES: Duration = Duration::hours(1);
/// What an upload must be.
pub(super) const CONTENT_TYPE: &str = "application/zip";
/// What stands before the secret part of its address.
pub(super) const PATH: &str = "/uploads";

/// How long the bytes may take to arrive: the largest bundle, on a line of a megabit in a second.
const PATIENCE: Patience = Patience::from_mins(10);
/// Before it is tried again to write that an import has failed, and after many tries.
const SHORTEST_REST: Patience = Patience::from_secs(1);
const LONGEST_REST: Patience = Patience::from_secs(30);

/// The route, for the server to mount. It needs no access token: the address is the secret.
pub fn routes(app: Arc<App>) -> Router {
    Router::new().route(&format!("{PATH}/{{token}}"), put(receive)).with_state(app)
}

async fn receive(
    State(app): State<Arc<App>>,
    Extension(request_id): Extension<RequestId>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let received = take_in(&app, &hash(&token), request).await;
    received.unwrap_or_else(|declined| declined.told("Start an import again.", &request_id))
}

async fn take_in(app: &Arc<App>, hash: &[u8], request: Request) -> Result<Response, Declined> {
    let most = usize::try_from(app.config.upload_max_bytes).unwrap_or(usize::MAX);
    let board = in_time(Box::pin(waiting(app, hash))).await?;
    let (turn, bytes) = app.arriving.take_in(hash, board, request, most, PATIENCE).await?;
    let import = claim(app, hash).await?.ok_or(Declined::Nothing)?;
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let id = import.id;
        let has_ended = Box::pin(work(&app, import, bytes.into())).await;
        // Until then the bundle, or what was read of it, is in memory.
        drop(turn);
        if !has_ended {
            Box::pin(give_up(&app, id)).await;
        }
    });
    Ok(answer(StatusCode::ACCEPTED, "Received. The import has begun; its progress is in the API."))
}

/// Whether an upload is waited for. For a board that was closed meanwhile none is.
async fn is_waiting(db: &impl ConnectionTrait, call: &Call, import: &roster_import::Model) -> Result<bool> {
    let in_time = import.state == RosterImportState::AwaitingUpload
        && import.upload_expires_at.is_some_and(|expires| call.now() < expires);
    Ok(in_time && !store::is_closed(db, &call.scope(), import.board_id).await?)
}

/// The board for which an upload is waited for; none where none is. Looked up before the bytes are taken in, so that a
/// stranger cannot make the server hold any.
async fn waiting(app: &Arc<App>, hash: &[u8]) -> Result<Option<BoardId>> {
    let call = Call::system(app, "roster upload");
    let db = call.read().await?;
    let Some(import) = store::import_by_upload(&*db, &call.scope(), hash).await? else { return Ok(None) };
    Ok(is_waiting(&*db, &call, &import).await?.then_some(import.board_id))
}

/// Takes the upload's one turn.
async fn claim(app: &Arc<App>, hash: &[u8]) -> Result<Option<roster_import::Model>> {
    let call = Call::system(app, "roster upload");
    let write = call.write_soon().await?;
    let found = store::lock_import_by_upload(write.db(), &write.scope(), hash).await?;
    let Some(import) = found else { return Ok(None) };
    if !is_waiting(write.db(), &call, &import).await? {
        return Ok(None);
    }
    let permit = write.authorize(PERMITTED, Place::board(import.board_id))?;
    let import = roster_import::Model {
        state: RosterImportState::Running,
        upload_hash: None,
        upload_expires_at: None,
        updated_at: write.now(),
        version: import.version + 1,
        ..import
    };
    let import = store::update_import(write.db(), &permit, import).await?;
    write.wake(import.id);
    write.commit().await?;
    Ok(Some(import))
}

/// Runs the import in the background. False where a fault of ours, which is logged with its cause, leaves it as running.
async fn work(app: &Arc<App>, import: roster_import::Model, bytes: Vec<u8>) -> bool {
    let call = Call::system(app, "roster import");
    let id = import.id;
    let done = match Source::upload(bytes) {
        Ok(source) => run(&call, import, source).await.map(drop),
        Err(error) => super::run::refuse(&call, import, &error).await,
    };
    if let Err(error) = &done {
        tracing::error!(import = %id, ?error, "roster import failed");
    }
    done.is_ok()
}

/// Ends the import as failed, as soon as that can be written: the database may be away for the same reason. Should this
/// process stop first, another one finds the import abandoned.
async fn give_up(app: &Arc<App>, id: RosterImportId) {
    let mut rest = SHORTEST_REST;
    loop {
        let given_up = super::run::give_up(&Call::system(app, "roster import"), id).await;
        let Err(error) = given_up else { return };
        tracing::warn!(import = %id, ?error, "roster import could not be marked as failed, which is tried again");
        tokio::time::sleep(rest).await;
        rest = longer(rest);
    }
}

fn longer(rest: Patience) -> Patience {
    (rest * 2).min(LONGEST_REST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_to_half_a_minute() {
        let rests = std::iter::successors(Some(SHORTEST_REST), |rest| Some(longer(*rest)));
        let seconds: Vec<u64> = rests.take(7).map(|rest| rest.as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30]);
    }
}
