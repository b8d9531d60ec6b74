//! Team sessions: a school leader gives a lesson to the own team, to part-timers in several sessions.

mod actions;
mod loaders;
mod mutation;
mod store;
pub mod types;

pub use loaders::SessionsOf;
pub use mutation::TeamSessionMutation;
pub use types::TeamSession;
