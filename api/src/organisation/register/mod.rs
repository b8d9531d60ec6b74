//! The national school register: how a board and its schools come into Glans.
//!
//! DUO publishes two open files (CC0) that each know a part:
//!
//! | file | knows | does not know |
//! |---|---|---|
//! | location register (`schoolvestigingen-basisonderwijs.csv`) | address and board of every regular primary school, as of now | special schools (SBO, SO, VSO) |
//! | pupil register (`leerlingen-per-vestiging.csv`) | every branch of every kind that ever had pupils, with the number per year | addresses; which board took a school over since |
//!
//! So the location register decides wherever it knows a branch, and the pupil register adds the
//! branches that have pupils and are missing there. Neither file holds the name of a board.
//!
//! What an import may change, so that a second run changes nothing and no hand-made change is lost:
//!
//! - the address of a school belongs to the register and follows it;
//! - the name of a school follows the register until somebody changes it in Glans; from then on it
//!   stays, and the report says what the register has;
//! - the name of a board is invented when the board is made, since no file has it, and never touched;
//! - a school that the register does not show any more is reported and never removed.
//!
//! [`parse_locations`] and [`parse_pupils`] turn bytes into rows or into everything that is wrong
//! with them, [`plan()`] decides, [`actions::import`] writes.

pub mod actions;
mod cells;
mod code;
mod encoding;
mod locations;
mod plan;
mod problem;
mod pupils;
mod registration;
mod spelling;
mod store;
mod table;

pub use code::{BranchCode, is_board_number};
pub use locations::{Location, parse as parse_locations};
pub use plan::{Absent, NamedByHand, Plan, plan};
pub use problem::Problem;
pub use pupils::{Branch, Pupils, parse as parse_pupils};
pub use registration::{Absence, Registers, Registration};
