//! Clusters: schools of one board under one director.

pub mod store;
