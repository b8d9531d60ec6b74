//! Glans.
pub mod programme;
