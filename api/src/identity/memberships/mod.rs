//! Granting and taking roles. Whoever may grant a role in a scope may take it there. Reading them is people's.
//!
//! A guardian's role is the guardianship of a child and is not written here.

pub mod actions;
mod mutation;
pub mod places;
mod rules;
mod store;
pub mod types;

pub use mutation::MembershipMutation;
