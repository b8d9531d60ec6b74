//! Clusters: schools of one board under one director. A cluster is closed once its schools have gone elsewhere.

mod actions;
mod loaders;
mod mutation;
mod query;
pub(crate) mod rules;
pub mod store;
pub mod types;

pub use mutation::ClusterMutation;
pub use query::{ClusterQuery, page};
pub use types::{Cluster, ClusterFilter};
