//! Goals of a child for a school year: proposed by teacher or guardian, agreed by each, marked at the end.

pub mod actions;
mod loaders;
mod mutation;
pub mod rules;
pub mod store;
pub mod types;

pub use loaders::{AgreementsTo, GoalsOf};
pub use mutation::GoalMutation;
pub use types::Goal;
