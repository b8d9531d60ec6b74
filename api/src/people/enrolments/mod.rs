//! Enrolments: the places of students in class groups. They are set as a whole: the groups of a student from today on.

pub mod actions;
mod loaders;
mod mutation;
mod rules;
pub mod store;
pub mod types;

pub use loaders::ClassGroupsOf;
pub use mutation::EnrolmentMutation;
