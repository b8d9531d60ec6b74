//! t
pub mod code;
pub mod rules;
