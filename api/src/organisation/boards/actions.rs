//! What can be done with a board.

use glans_entity::ids::BoardId;
use glans_entity::organisation::board::Model;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::types::{BoardArchiveInput, BoardCreateInput, BoardUpdateInput};
use super::{rules, store};
use crate::access::{Action, Place};
use crate::call::Write;
use crate::platform::error::{Result, check_version, not_found};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;
use crate::platform::zone;

/// Where the boards are, unless they tell another.
const TIME_ZONE: &str = "Europe/Amsterdam";

/// Founds a board; who does it becomes its first administrator.
pub(super) async fn create(write: &Write<'_>, input: BoardCreateInput) -> Result<Model> {
    let permit = write.authorize(Action::BoardCreate, Place::default())?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), BoardId::new);
    checks.heed(rules::keeps_number(input.number.as_deref(), None))?;
    // `found` looks at it again: the register has no other door.
    checks.with(rules::details(&input.name, None, None))?;
    let id = id.free(write.db(), &permit).await?;
    let board = found(write, id, &input.name, None).await?;
    crate::people::administer(write, board.id).await?;
    Ok(board)
}

/// Makes a board with nobody in it. Only the program gives it a number.
pub async fn found(write: &Write<'_>, id: BoardId, name: &str, number: Option<&str>) -> Result<Model> {
    let permit = write.authorize(Action::BoardCreate, Place::board(id))?;
    let (name, number, least_shown) = rules::details(name, number, None)?;
    let now = write.now();
    let time_zone = TIME_ZONE.to_owned();
    let (created_at, updated_at) = (now, now);
    let row = Model { id, number, name, time_zone, least_shown, archived_at: None, created_at, updated_at, version: 1 };
    let board = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("board.created", board.id)).await?;
    Ok(board)
}

pub(super) async fn update(write: &Write<'_>, input: BoardUpdateInput) -> Result<Model> {
    let id = input.id.parse().map_err(|_| not_found("id"))?;
    let board = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let permit = write.authorize(Action::BoardUpdate, Place::from(&board))?;
    check_version(&board, board.version, input.if_version)?;
    let name = input.name.as_deref().unwrap_or(&board.name);
    let number = board.number.as_deref();
    let known = board.least_shown;
    let mut least_shown = known;
    input.least_shown.update_to(&mut least_shown);
    let mut checks = Checks::default();
    if let Some(given) = input.number.as_opt_ref() {
        checks.heed(rules::keeps_number(given.map(String::as_str), number))?;
    }
    let time_zone = input.time_zone.unwrap_or_else(|| board.time_zone.clone());
    if time_zone != board.time_zone {
        zone::check(&mut checks, "timeZone", &time_zone);
    }
    let (name, _, least_shown) = checks.with(rules::details(name, number, least_shown))?;
    if least_shown != known {
        // Who publishes figures by the wish that was is to end, or to see the new one.
        store::lock_whole(write.db(), &write.scope(), id).await?;
    }
    let mut row = board.clone().into_active_model();
    row.name.set_ne(name);
    row.least_shown.set_ne(least_shown);
    row.time_zone.set_ne(time_zone);
    if !row.is_changed() {
        return Ok(board);
    }
    let board = store::update(write.db(), &permit, row, board.version, write.now()).await?;
    if least_shown != known {
        crate::metrics::withdraw(write.db(), &permit, write.now()).await?;
    }
    write.emit(&permit, Event::about("board.updated", board.id)).await?;
    Ok(board)
}

pub(super) async fn archive(write: &Write<'_>, input: BoardArchiveInput) -> Result<Model> {
    let id = input.id.parse().map_err(|_| not_found("id"))?;
    let found = store::by_id(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    let permit = write.authorize(Action::BoardArchive, Place::from(&found))?;
    // What is being imported comes before the end of it: the import has seen a board that is open.
    store::hold(write.db(), id).await?;
    let board = store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))?;
    if board.archived_at.is_some() {
        return Ok(board);
    }
    check_version(&board, board.version, input.if_version)?;
    let version = board.version;
    let mut row = board.into_active_model();
    row.archived_at = Set(Some(write.now()));
    let board = store::update(write.db(), &permit, row, version, write.now()).await?;
    write.rights_change();
    write.emit(&permit, Event::about("board.archived", board.id)).await?;
    Ok(board)
}
