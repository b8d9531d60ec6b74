//! Glans.
pub mod roster;
