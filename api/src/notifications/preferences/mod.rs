//! What people want to be told where and when. It is of the account and so of all boards.

mod actions;
mod hours;
mod mutation;
mod query;
pub mod rules;
pub mod store;
pub mod types;

pub use mutation::PreferenceMutation;
pub use query::PreferenceQuery;
pub use rules::{Wishes, digest_end};
