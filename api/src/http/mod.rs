//! http
pub mod guard;
