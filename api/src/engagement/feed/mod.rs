//! What is addressed to a person: one list, newest first, whatever kind it is and however many children it concerns.

mod actions;
mod mutation;
mod query;
mod rules;
mod store;
pub mod types;

pub use mutation::FeedMutation;
pub use query::FeedQuery;
