//! http
pub mod cost;
pub mod guard;
pub mod nulls;
