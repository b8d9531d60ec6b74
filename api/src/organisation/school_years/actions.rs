//! What can be done with a school year.

use glans_entity::ids::SchoolYearId;
use glans_entity::organisation::school_year::Model;

use super::types::SchoolYearCreateInput;
use super::{rules, store};
use crate::access::{Action, Place};
use crate::call::Write;
use crate::organisation::boards;
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

/// The board is held, so that two years that overlap cannot be made at the same time, one of them by an import.
pub(super) async fn create(write: &Write<'_>, input: SchoolYearCreateInput) -> Result<Model> {
    let board = input.board.parse().map_err(|_| not_found("board"))?;
    let board = boards::store::by_id(write.db(), &write.scope(), board).await?.ok_or_else(|| not_found("board"))?;
    let permit = write.authorize(Action::SchoolYearCreate, Place::from(&board))?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), SchoolYearId::new);
    let ends_on = input.ends_on.map(|day| day.0);
    let today = write.call().today();
    let details = checks.with(rules::details(input.title.as_deref(), input.starts_on.0, ends_on, today))?;
    let id = id.free(write.db(), &permit).await?;
    boards::store::hold(write.db(), board.id).await?;
    let others = store::of_boards(write.db(), &write.scope(), &[board.id]).await?;
    let days = (details.starts_on, details.ends_on);
    if others.iter().any(|other| rules::overlap(days, (other.starts_on, other.ends_on))) {
        return Err(refuse(
            UserErrorCode::Taken,
            "startsOn",
            "Another school year of the board has some of these days.",
        ));
    }
    let row = Model {
        id,
        board_id: board.id,
        title: details.title,
        starts_on: details.starts_on,
        ends_on: details.ends_on,
        source_id: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let year = store::insert(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("school_year.created", year.id)).await?;
    Ok(year)
}
