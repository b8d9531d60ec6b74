//! Absence notices: a guardian says that a child does not come.

mod actions;
mod loaders;
mod mutation;
mod rules;
mod store;
pub mod types;

pub use loaders::{AbsencesIn, AbsencesOf};
pub use mutation::AbsenceMutation;
pub use types::AbsenceNotice;
