//! Glans.
