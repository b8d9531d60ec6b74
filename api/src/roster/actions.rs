//! What can be done with a roster import.

use chrono::TimeDelta;
use glans_entity::ids::{BoardId, RosterImportId};
use glans_entity::roster::{RosterImportState, roster_import};

use super::outcome::{Options, Outcome};
use super::rollback::Undo;
use super::run::{expire, give_up, run};
use super::source::Source;
use super::types::{RosterImportRollbackInput, RosterImportStartInput};
use super::{PERMITTED, journal, store, upload};
use crate::access::{CLOSED, Place};
use crate::call::{Call, Write};
use crate::organisation::boards;
use crate::platform::error::{Error, Result, UserErrorCode, not_found, refuse};
use crate::platform::outbox::Event;
use crate::uploads::Token;

/// An import that runs for longer than this has lost its process.
const ABANDONED_AFTER: TimeDelta = TimeDelta::hours(1);

/// A started import, and the token that its upload needs. The token is told once and kept as a hash.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Started {
    pub import: roster_import::Model,
    #[serde(skip)]
    pub token: Option<Token>,
}

/// Makes an import that waits for its bundle.
pub(super) async fn start(write: &Write<'_>, input: RosterImportStartInput) -> Result<Started> {
    let board: BoardId = input.board.parse().map_err(|_| not_found("board"))?;
    let board = store::board(write.db(), &write.scope(), board).await?.ok_or_else(|| not_found("board"))?;
    let permit = write.authorize(PERMITTED, Place::board(board.id))?;
    let token = Token::new()?;
    let options = Options {
        dry_run: input.dry_run.unwrap_or_default(),
        accept_removals: input.accept_removals.unwrap_or_default(),
    };
    let import = roster_import::Model {
        started_by: permit.person(),
        upload_hash: Some(token.hash()),
        upload_expires_at: Some(write.now() + upload::LIVES),
        ..new(board.id, "oneroster", options, RosterImportState::AwaitingUpload, write)
    };
    let import = store::insert_import(write.db(), &permit, import).await?;
    write.emit(&permit, Event::about("roster.import_started", import.id)).await?;
    Ok(Started { import, token: Some(token) })
}

fn new(
    board_id: BoardId,
    kind: &str,
    options: Options,
    state: RosterImportState,
    write: &Write<'_>,
) -> roster_import::Model {
    roster_import::Model {
        id: RosterImportId::new(),
        board_id,
        started_by: None,
        kind: kind.to_owned(),
        state,
        dry_run: options.dry_run,
        accept_removals: options.accept_removals,
        upload_hash: None,
        upload_expires_at: None,
        rows_total: 0,
        rows_done: 0,
        counts: serde_json::json!({}),
        left_out: None,
        finished_at: None,
        rolled_back_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    }
}

/// Imports from the command line, at once.
pub async fn import(call: &Call, board: BoardId, source: Source, options: Options) -> Result<Outcome> {
    let never = std::future::pending();
    let done = Box::pin(import_until(call, board, source, options, never)).await?;
    done.ok_or_else(|| Error::fault("an import that nobody could stop was stopped"))
}

/// As [`import`]; none, and nothing written, when `stop` came first. However it fails, it is not left as running.
pub async fn import_until(
    call: &Call,
    board: BoardId,
    source: Source,
    options: Options,
    stop: impl Future<Output = ()>,
) -> Result<Option<Outcome>> {
    give_up_abandoned(call).await?;
    let import = begin(call, board, &source, options).await?;
    let id = import.id;
    let done = tokio::select! {
        done = Box::pin(run(call, import, source)) => done.map(Some),
        () = stop => Ok(None),
    };
    if !matches!(done, Ok(Some(_)))
        && let Err(error) = give_up(call, id).await
    {
        tracing::error!(import = %id, ?error, "roster import could not be marked as failed");
    }
    done
}

async fn begin(call: &Call, board: BoardId, source: &Source, options: Options) -> Result<roster_import::Model> {
    let write = call.write().await?;
    let found = store::board(write.db(), &write.scope(), board).await?.ok_or_else(|| not_found("board"))?;
    if found.archived_at.is_some() {
        return Err(refuse(UserErrorCode::Conflict, "board", CLOSED));
    }
    let permit = write.authorize(PERMITTED, Place::board(board))?;
    let row = new(board, source.kind(), options, RosterImportState::Running, &write);
    let import = store::insert_import(write.db(), &permit, row).await?;
    write.commit().await?;
    Ok(import)
}

/// Ends imports that a process left behind when it was stopped, and those whose bundle never came. They wrote nothing.
pub async fn give_up_abandoned(call: &Call) -> Result<()> {
    let expired = store::expired(&*call.read().await?, &call.scope(), call.now()).await?;
    for import in expired {
        expire(call, import.id).await?;
    }
    let before = call.now() - ABANDONED_AFTER;
    let abandoned = store::running_since_before(&*call.read().await?, &call.scope(), before).await?;
    for import in abandoned {
        give_up(call, import.id).await?;
    }
    Ok(())
}

/// Undoes an import. Nothing is undone where anything it wrote was changed since.
pub(super) async fn roll_back(write: &Write<'_>, input: RosterImportRollbackInput) -> Result<roster_import::Model> {
    let id = input.id.parse().map_err(|_| not_found("id"))?;
    roll_back_by_id(write, id).await
}

async fn roll_back_by_id(write: &Write<'_>, id: RosterImportId) -> Result<roster_import::Model> {
    let import = store::lock_import(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let permit = write.authorize(PERMITTED, Place::board(import.board_id))?;
    if import.state == RosterImportState::RolledBack {
        return Ok(import);
    }
    if import.dry_run || import.state != RosterImportState::Succeeded {
        let message = "This import wrote nothing, so there is nothing to roll back.";
        return Err(refuse(UserErrorCode::Conflict, "id", message));
    }
    boards::store::hold(write.db(), import.board_id).await?;
    let changes = journal::changes(write.db(), &write.scope(), id).await?;
    Undo::of(changes).run(write.db(), &permit).await?;
    let import = roster_import::Model {
        state: RosterImportState::RolledBack,
        rolled_back_at: Some(write.now()),
        updated_at: write.now(),
        version: import.version + 1,
        ..import
    };
    let import = store::update_import(write.db(), &permit, import).await?;
    write.wake(import.id);
    write.rights_change();
    write.emit(&permit, Event::about("roster.rolled_back", import.id)).await?;
    Ok(import)
}

/// Undoes an import from the command line.
pub async fn rollback(call: &Call, id: RosterImportId) -> Result<roster_import::Model> {
    let write = call.write().await?;
    let import = roll_back_by_id(&write, id).await?;
    write.commit().await?;
    Ok(import)
}
