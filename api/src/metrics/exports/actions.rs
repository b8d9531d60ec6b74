//! Starting exports, fetching them, and letting them go.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, ExportId};
use glans_entity::metrics::{ExportState, export};
use glans_entity::scope::Scope;
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::rules::{self, Asked, Owner, View};
use super::types::ExportStartInput;
use super::{claims, store};
use crate::access::{self, Action, Permit};
use crate::call::{Call, Write};
use crate::identity::audit::{self, Deed};
use crate::metrics::engagement::Ask;
use crate::metrics::queries;
use crate::platform::error::{Error, Result, UserErrorCode, not_found, refuse};
use crate::platform::own_id::OwnId;
use crate::platform::text::Checks;

/// What somebody wants to have written, and may have.
pub(super) struct Order {
    permit: Permit,
    owner: Owner,
    ask: Ask,
    id: OwnId<ExportId>,
    row: export::Model,
}

/// Looks at what is asked for, before anybody has to wait for the writer: whether the caller may have it, whether there
/// is room for it, and how much it is.
pub(super) async fn order(call: &Call, input: ExportStartInput) -> Result<Order> {
    let (snapshot, scope, now) = (call.read().await?, call.scope(), call.now());
    let db = &*snapshot;
    let (level, place_id) = rules::named(&input.scope).ok_or_else(|| not_found("scope"))?;
    let place = store::place(db, &scope, level, place_id).await?.ok_or_else(|| not_found("scope"))?;
    let view = rules::view(&scope, level, &place).ok_or_else(|| not_found("scope"))?;
    let board_id = place.board.ok_or_else(|| Error::fault("a place of no board"))?;
    let standing = call.standing();
    let permit = access::authorize(&standing.actor, Action::FiguresExport, place)?;
    let owner = Owner::of(&standing.actor).ok_or_else(|| Error::fault("an export of nobody"))?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), ExportId::new);
    let (format, by) = (input.format.into(), input.breakdown.into());
    let asked = Asked::from(input);
    let (from, to, span, breakdown) = (asked.from, asked.to, asked.span, asked.breakdown);
    let terms = checks.with(rules::terms(asked, level, view))?;
    let row = export::Model {
        // `start` puts the one in its place that is wanted, once that is free.
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
    is_free(db, &scope, board_id).await?;
    if store::count(db, &scope, &row).await? > rules::MOST_ROWS {
        return Err(refuse(UserErrorCode::LimitReached, "", TOO_LARGE));
    }
    let ask = Ask { metrics: rules::metrics(&row)?, from, to, span, breakdown: by };
    queries::make_room(call, board_id).await?;
    Ok(Order { permit, owner, ask, id, row })
}

/// Makes an export that waits to be written.
pub(super) async fn start(write: &Write<'_>, order: Result<Order>) -> Result<export::Model> {
    let Order { permit, owner, ask, id, mut row } = order?;
    let (db, scope, board) = (write.db(), write.scope(), row.board_id);
    queries::note(write.call(), &queries::Asked { board, scope_id: row.place_id, scope_kind: row.level, ask: &ask })?;
    store::lock_board(db, board).await?;
    store::hold_board(db, board).await?;
    is_free(db, &scope, board).await?;
    make_room(write, &permit, board, owner).await?;
    row.id = id.free(db, &permit).await?;
    let export = store::insert(db, &permit, row).await?;
    audit::record(write, Some(board), Deed::ExportStarted, Some(export.id.to_string())).await?;
    Ok(export)
}

/// Refuses where enough exports of the board are being made.
async fn is_free(db: &impl ConnectionTrait, scope: &Scope, board: BoardId) -> Result<()> {
    if store::under_way(db, scope, board).await? < rules::MOST_AT_ONCE {
        return Ok(());
    }
    let message = format!("{} exports of this board are being made. Wait for one of them.", rules::MOST_AT_ONCE);
    Err(refuse(UserErrorCode::LimitReached, "", message))
}

/// Makes room for one more file: the time of the oldest ones of its owner is over. They are removed later, for files are
/// large and nobody else writes meanwhile.
async fn make_room(write: &Write<'_>, permit: &Permit, board: BoardId, owner: Owner) -> Result<()> {
    let (db, scope, now) = (write.db(), write.scope(), write.now());
    let own = store::kept(db, &scope, board, owner, now).await?;
    store::expire(db, permit, &rules::given_up(&own), now).await?;
    if store::bytes(db, &scope, board, now).await? >= rules::BYTES_OF_BOARD {
        return Err(refuse(UserErrorCode::LimitReached, "", FULL));
    }
    Ok(())
}

/// What is said where the files of a board take up too much.
const FULL: &str = "The exports of this board take up 8 GiB. Wait until one of them expires.";

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

/// Withdraws the exports of a board with its figures: files that are there are not there any more, and those that are being
/// written begin anew. For who holds the board for itself, until the transaction ends.
pub async fn withdraw(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    claims::withdraw(db, board, now).await
}

/// Removes exports whose time is over, each in a transaction of its own: files are large. How many went.
pub async fn prune(call: &Call) -> Result<u64> {
    let everywhere = Scope::system(call.today());
    // Whoever only looks does not wait for the writer.
    let db = call.app().db.read(&everywhere).await?;
    let expired = store::expired(&db, &everywhere, call.now()).await?;
    drop(db);
    let mut gone = 0;
    for export in expired {
        let write = call.write().await?;
        gone += store::remove(write.db(), export).await?;
        write.commit().await?;
    }
    Ok(gone)
}
