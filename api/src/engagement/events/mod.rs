//! Events: who is invited, who comes, and who waits for a place.
//!
//! Answers to one event are taken one after the other, under the lock of its row, so that those who wait stand in the order
//! in which they answered and nobody overtakes.

pub mod actions;
pub mod inputs;
mod loaders;
mod mutation;
mod query;
pub mod rules;
pub mod store;
pub mod types;

pub use actions::give_back;
pub use mutation::EventMutation;
pub use query::EventQuery;
pub use types::Event;
