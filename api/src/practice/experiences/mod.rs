//! Experiences: what schools went through with a lesson, shared with the cohort, and what others say to it.

pub mod actions;
mod loaders;
mod mutation;
mod names;
mod rules;
pub mod store;
pub mod types;

pub use loaders::{ExperiencesOf, SharedIn};
pub use mutation::ExperienceMutation;
pub use types::{Comment, Experience, experiences_of};
