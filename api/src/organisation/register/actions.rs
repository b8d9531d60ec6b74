//! Putting a board of the register into the database.

use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::organisation::{board, school};
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::{Absent, NamedByHand, Registers, Registration, plan, store};
use crate::access::{Action, CLOSED, Place};
use crate::call::Write;
use crate::organisation::{boards, schools};
use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::outbox::Event;

/// What an import did.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub board: board::Model,
    pub board_is_new: bool,
    pub created_count: usize,
    pub updated_count: usize,
    pub unchanged_count: usize,
    pub named_by_hand: Vec<NamedByHand>,
    pub absent: Vec<Absent>,
}

/// Makes the board with its schools, or brings them up to date.
pub async fn import(write: &Write<'_>, board_number: &str, registers: &Registers) -> Result<Report> {
    known(board_number, registers)?;
    let (board, board_is_new) = board(write, board_number).await?;
    if board.archived_at.is_some() {
        return Err(refuse(UserErrorCode::Conflict, "board", CLOSED));
    }
    let permit = write.authorize(Action::SchoolCreate, Place::from(&board))?;
    let stored = store::lock_schools(write.db(), &write.scope(), board.id).await?;
    let plan = plan(registers, board_number, stored);
    let report = Report {
        created_count: plan.creates.len(),
        updated_count: plan.updates.len(),
        unchanged_count: plan.unchanged_count,
        named_by_hand: plan.named_by_hand,
        absent: plan.absent,
        board,
        board_is_new,
    };
    for registration in &plan.creates {
        let row = new(write, &report.board, registration);
        let school = schools::store::insert(write.db(), &permit, row).await?;
        write.emit(&permit, Event::about("school.created", school.id)).await?;
    }
    for row in plan.updates {
        let version = row.version;
        let row = row.into_active_model().reset_all();
        let school = schools::store::update(write.db(), &permit, row, version, write.now()).await?;
        write.emit(&permit, Event::about("school.updated", school.id)).await?;
    }
    Ok(report)
}

/// Refuses a number under which the register has nothing.
fn known(board_number: &str, registers: &Registers) -> Result<()> {
    if !registers.schools_of(board_number).is_empty() {
        return Ok(());
    }
    let hint = registers.nearest_board(board_number).map_or_else(String::new, |(number, schools)| {
        format!(" The nearest number with open schools is {number} ({schools} schools).")
    });
    let message = format!("The register has no open school of board {board_number}. Check the number.{hint}");
    Err(refuse(UserErrorCode::NotFound, "board", message))
}

/// The board with the number, and whether it had to be made.
async fn board(write: &Write<'_>, number: &str) -> Result<(board::Model, bool)> {
    if let Some(board) = boards::store::by_number(write.db(), &write.scope(), number).await? {
        return Ok((board, false));
    }
    let name = format!("Schoolbestuur {number}");
    Ok((boards::found(write, BoardId::new(), &name, Some(number)).await?, true))
}

fn new(write: &Write<'_>, board: &board::Model, registration: &Registration) -> school::Model {
    registration.onto(registration.blank(SchoolId::new(), board.id, write.now()))
}
