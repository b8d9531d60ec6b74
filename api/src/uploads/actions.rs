//! What can be done with an upload.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{BoardId, UploadId};
use glans_entity::platform::upload;
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use super::store;
use super::token::Token;
use super::types::UploadCreateInput;
use crate::access::{Action, Place};
use crate::app::App;
use crate::call::{Call, Write};
use crate::organisation::boards;
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};

/// How long bytes are waited for, and how long they are there to be taken.
const LIVES: TimeDelta = TimeDelta::hours(1);
/// Bytes of an upload at most: no course is larger.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Uploads of a board that live at a time. Two that are made in the same moment may be one more.
const MOST_OF_A_BOARD: u64 = 20;

/// How the inputs of mutations that take an upload name it.
const FIELD: &str = "upload";

/// A new upload, and what makes its address.
#[derive(Serialize, Deserialize)]
pub(super) struct Made {
    pub upload: upload::Model,
    #[serde(skip)]
    pub token: Option<Token>,
}

/// Makes an upload that waits for its bytes.
pub(super) async fn create(write: &Write<'_>, input: UploadCreateInput) -> Result<Made> {
    let board: BoardId = input.board.parse().map_err(|_| not_found("board"))?;
    let board = boards::store::by_id(write.db(), &write.scope(), board).await?.ok_or_else(|| not_found("board"))?;
    let permit = write.authorize(Action::ProgrammeWrite, Place::board(board.id))?;
    if store::living(write.db(), &write.scope(), board.id, write.now()).await? >= MOST_OF_A_BOARD {
        let message = format!("A board has at most {MOST_OF_A_BOARD} uploads an hour. Use those, or try again later.");
        return Err(refuse(UserErrorCode::LimitReached, "board", message));
    }
    let token = Token::new()?;
    let row = upload::Model {
        id: UploadId::new(),
        board_id: board.id,
        address_hash: Some(token.hash()),
        bytes: None,
        created_at: write.now(),
        expires_at: write.now() + LIVES,
    };
    let upload = store::insert(write.db(), &permit, row).await?;
    Ok(Made { upload, token: Some(token) })
}

/// The board for which bytes are waited for at this address; none where none are. Asked before they are taken in, so
/// that a stranger cannot make the server hold any.
pub(super) async fn waiting(app: &Arc<App>, address: &[u8]) -> Result<Option<BoardId>> {
    let call = Call::system(app, "upload");
    let found = store::by_address(&*call.read().await?, &call.scope(), address).await?;
    Ok(found.filter(|upload| call.now() < upload.expires_at).map(|upload| upload.board_id))
}

/// Keeps what was sent, and closes the address. False where nothing is waited for.
pub(super) async fn receive(app: &Arc<App>, address: &[u8], bytes: Vec<u8>) -> Result<bool> {
    let call = Call::system(app, "upload");
    let write = call.write_soon().await?;
    let found = store::lock_by_address(write.db(), &write.scope(), address).await?;
    let Some(upload) = found.filter(|upload| call.now() < upload.expires_at) else { return Ok(false) };
    let permit = write.authorize(Action::ProgrammeWrite, Place::board(upload.board_id))?;
    store::keep(write.db(), &permit, upload, bytes).await?;
    write.commit().await?;
    Ok(true)
}

/// The text that was sent for `board` to the upload `id`, which the input names in `upload`. Who may use it is for the
/// caller to say.
pub async fn text(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    board: BoardId,
    id: &str,
) -> Result<String> {
    let id: UploadId = id.parse().map_err(|_| not_found(FIELD))?;
    let found = store::by_id(db, scope, id).await?;
    let upload = found.filter(|upload| upload.board_id == board && now < upload.expires_at);
    let Some(bytes) = upload.ok_or_else(|| not_found(FIELD))?.bytes else {
        let message = "Nothing has arrived yet. Send the document to the address of the upload, then try again.";
        return Err(refuse(UserErrorCode::Conflict, FIELD, message));
    };
    String::from_utf8(bytes).map_err(|_| {
        let message = "What has arrived is no text in UTF-8. Save it as UTF-8 and send it to another upload.";
        refuse(UserErrorCode::Invalid, FIELD, message)
    })
}
