//! Moving a cohort to another edition of its course, lesson by lesson.
//!
//! A cohort keeps the edition with which it began until somebody moves it and says which lesson takes the place of which.
//! Meetings, sessions, experiences and decisions then belong to the successors, and so does how far each lesson is.

mod actions;
mod mutation;
mod rules;
pub(in crate::practice) mod store;
pub mod types;

pub use mutation::SuccessionMutation;
