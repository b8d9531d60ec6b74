//! Starting exports, fetching them, and letting them go.

use glans_entity::ids::ExportId;
use glans_entity::metrics::{ExportState, export};
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;

use super::rules::{self, Asked, Owner, View};
use super::store;
use super::types::ExportStartInput;
use crate::access::Action;
use crate::call::{Call, Write};
use crate::identity::audit::{self, Deed};
use crate::platform::error::{Error, Result, UserErrorCode, not_found, refuse};

/// Makes an export that waits to be written.
pub(super) async fn start(write: &Write<'_>, input: ExportStartInput) -> Result<export::Model> {
    let (db, scope, now) = (write.db(), write.scope(), write.now());
    let (level, place_id) = rules::named(&input.scope).ok_or_else(|| not_found("scope"))?;
    let place = store::place(db, &scope, level, place_id).await?.ok_or_else(|| not_found("scope"))?;
    let view = rules::view(&scope, level, &place).ok_or_else(|| not_found("scope"))?;
    let board_id = place.board.ok_or_else(|| Error::fault("a place of no board"))?;
    let permit = write.authorize(Action::FiguresExport, place)?;
    let owner = Owner::of(&write.call().standing().actor).ok_or_else(|| Error::fault("an export of nobody"))?;
    let format = input.format.into();
    let asked = Asked::from(input);
    let (span, breakdown) = (asked.span, asked.breakdown);
    let terms = rules::terms(asked, level, view)?;
    let row = export::Model {
        id: ExportId::new(),
        board_id,
        account_id: owner.account(),
        client_id: owner.client(),
        level,
        place_id,
        as_team: view == View::Team,
        metrics: terms.metrics,
        span,
        first_on: terms.first_on,
        last_on: terms.last_on,
        breakdown,
        format,
        state: ExportState::Queued,
        attempts: 0,
        lease: None,
        leased_until: None,
        row_count: None,
        byte_length: None,
        failure: None,
        created_at: now,
        finished_at: None,
        expires_at: now + rules::LIVES,
    };
    if store::count(db, &scope, &row).await? > rules::MOST_ROWS {
        return Err(refuse(UserErrorCode::LimitReached, "", TOO_LARGE));
    }
    store::lock_board(db, &scope, board_id).await?;
    if store::under_way(db, &scope, board_id).await? >= rules::MOST_AT_ONCE {
        let message = format!("{} exports of this board are being made. Wait for one of them.", rules::MOST_AT_ONCE);
        return Err(refuse(UserErrorCode::LimitReached, "", message));
    }
    let export = store::insert(db, &permit, row).await?;
    audit::record(write, Some(board_id), Deed::ExportStarted, Some(export.id.to_string())).await?;
    Ok(export)
}

/// What is said of an export with too many rows.
pub(super) const TOO_LARGE: &str =
    "A file has at most 1,000,000 rows. Ask for fewer metrics, fewer days, longer periods or a smaller place.";

/// The own exports with these ids, as long as they are kept.
pub(super) async fn own(call: &Call, ids: &[ExportId]) -> Result<Vec<export::Model>> {
    let Some(owner) = Owner::of(&call.standing().actor) else { return Ok(Vec::new()) };
    store::by_ids(&*call.read().await?, &call.scope(), owner, ids, call.now()).await
}

/// The own export with this id, if its file is there and the caller still sees all that is in it.
pub(super) async fn ready(call: &Call, id: ExportId) -> Result<Option<export::Model>> {
    let found = own(call, &[id]).await?.pop();
    let Some(export) = found.filter(|export| export.state == ExportState::Ready) else { return Ok(None) };
    let is_seen = is_in_sight(&*call.read().await?, &call.scope(), &export).await?;
    Ok(is_seen.then_some(export))
}

/// Whether somebody with this scope sees what the export is of.
pub(super) async fn is_in_sight(db: &impl ConnectionTrait, scope: &Scope, export: &export::Model) -> Result<bool> {
    let place = store::place(db, scope, export.level, export.place_id).await?;
    let view = place.and_then(|place| rules::view(scope, export.level, &place));
    Ok(view.is_some_and(|view| view.covers(View::of(export))))
}

/// Removes exports whose time is over, each in a transaction of its own: files are large. How many went.
pub async fn prune(call: &Call) -> Result<u64> {
    let everywhere = Scope::system(call.today());
    let mut gone = 0;
    loop {
        let write = call.write().await?;
        let Some(export) = store::expired(write.db(), &everywhere, write.now()).await? else { return Ok(gone) };
        store::remove(write.db(), export).await?;
        write.commit().await?;
        gone += 1;
    }
}
