//! The SQL of the census.

mod imported;
mod people;
mod places;
mod schools;
mod stretches;

use glans_entity::ids::BoardId;
use sea_orm::DatabaseTransaction;

use crate::platform::alone;
use crate::platform::error::Result;

pub use imported::*;
pub use people::*;
pub use places::*;
pub use schools::*;
pub use stretches::*;

/// The column of students in lists of whom to count.
pub(super) const STUDENT: &str = "student_id";

/// Until the transaction ends nobody else takes a census of the board: what is read of stretches from here on is what they
/// are, also of students who go from one of its schools to another.
pub(super) async fn lock(db: &DatabaseTransaction, board: BoardId) -> Result<()> {
    alone::wait(db, &format!("metrics.census.{board}")).await
}
