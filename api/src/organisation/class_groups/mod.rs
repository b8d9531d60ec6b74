//! Class groups: each of one school and one school year, with one grade or several.

mod actions;
mod loaders;
mod mutation;
mod query;
pub(crate) mod rules;
pub mod store;
pub mod types;

pub use mutation::ClassGroupMutation;
pub use query::{ClassGroupQuery, page};
pub use types::ClassGroup;
