//! Cohorts: schools of one board that follow a programme together, with trainers.
//!
//! A cohort keeps the edition with which it began; what is published later does not touch it. A school that leaves keeps
//! its history and may come back. Who trains a cohort holds the role TRAINER in it.

pub mod actions;
mod loaders;
mod mutation;
mod query;
mod rules;
mod store;
pub mod types;

pub use actions::leave_all;
pub use loaders::{CohortsOf, SchoolsOf};
pub use mutation::CohortMutation;
pub use query::CohortQuery;
pub use store::is_in_sight;
pub use types::{Cohort, SchoolCohort, course, lesson, may_write, takes_part};
