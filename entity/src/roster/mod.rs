//! Roster imports.

mod values;
pub use values::*;

pub mod roster_change;
pub mod roster_import;
pub mod roster_problem;
