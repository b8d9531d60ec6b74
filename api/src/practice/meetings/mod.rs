//! Meetings: a cohort's trainers prepare the coming lessons with its leaders, and look back on the last ones.

mod actions;
mod agenda;
mod loaders;
mod mutation;
mod record;
mod rules;
mod store;
pub mod types;

pub use loaders::LessonsOf;
pub use mutation::MeetingMutation;
pub use store::page;
pub use types::Meeting;
