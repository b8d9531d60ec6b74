//! Concerns: what worries somebody about a child, from raised over acknowledged to resolved, and never back.

mod actions;
mod loaders;
mod mutation;
mod query;
mod rules;
pub(super) mod store;
pub mod types;

pub use mutation::ConcernMutation;
pub use query::ConcernQuery;
pub use types::Concern;
