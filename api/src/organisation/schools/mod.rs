//! Schools: locations of institutions, each perhaps in a cluster.

mod actions;
pub mod inputs;
mod loaders;
mod mutation;
mod query;
pub(crate) mod rules;
pub mod store;
pub mod types;

pub use mutation::SchoolMutation;
pub use query::{SchoolQuery, of_viewer, page};
pub use store::Of;
pub use types::{School, SchoolFilter, SchoolOrder};
