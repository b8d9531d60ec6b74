//! School years of a board: as a rule 1 August to 31 July. They follow one another and never overlap.

mod actions;
mod loaders;
mod mutation;
pub(crate) mod rules;
pub mod store;
pub mod types;

pub use loaders::SchoolYearsOf;
pub use mutation::SchoolYearMutation;
pub use types::SchoolYear;
