//! What people want to be told where and when. It is of the account and so of all boards.

mod actions;
mod hours;
mod mutation;
mod query;
mod rules;
pub mod store;
pub mod types;
pub mod wishes;

pub use mutation::PreferenceMutation;
pub use query::PreferenceQuery;
pub use wishes::{Wishes, digest_end};
