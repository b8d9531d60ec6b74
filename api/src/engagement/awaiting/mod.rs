//! What waits for a person to say something: one list, whatever is asked and however many children it concerns.

mod query;
pub mod rules;
mod store;
pub mod types;

pub use query::AwaitingQuery;
