//! Glans.
pub mod http;
