//! Invitations.
pub mod code;
