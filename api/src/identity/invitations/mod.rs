//! Invitations: how a person of a board gets an account.
//!
//! OPEN → ACCEPTED, or REVOKED by a newer one or a new role, or over after 60 days or five wrong secrets or passwords. A
//! code on paper and a link in a letter are the same thing. It is bound to one person, and for a guardian to one child.

pub mod acceptance;
pub mod actions;
pub mod administrator;
pub mod code;
mod mutation;
mod rules;
mod store;
pub mod types;

pub use actions::CREATED;
pub use mutation::InvitationMutation;
pub use store::by_id;
pub(in crate::identity) use store::revoke_open;
