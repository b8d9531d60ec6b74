//! The profile: what people set about themselves, whatever their role.

mod actions;
mod mutation;
mod rules;
pub mod types;

pub use mutation::ProfileMutation;
