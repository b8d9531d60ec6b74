//! t
pub mod rules; pub mod code;
