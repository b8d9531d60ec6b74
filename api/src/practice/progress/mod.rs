//! How far each lesson is at each school of a cohort: told from what happened, never typed in.
//!
//! Whoever writes what a status hangs on calls [`actions::refresh`] in the same transaction. It tells the status of every
//! lesson anew with one pure function, stores what changed, and keeps each change for those who follow the cohort.

pub mod actions;
mod history;
mod loaders;
mod mutation;
pub mod rules;
pub mod store;
mod subscription;
pub mod types;

pub use loaders::ProgressOf;
pub use mutation::ProgressMutation;
pub use subscription::ProgressSubscription;
pub use types::{LessonProgress, LessonStatus, lessons_of};
