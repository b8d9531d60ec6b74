//! Granting and taking roles. Whoever may grant a role in a scope may take it there.
//!
//! A guardian's role is the guardianship of a child and is not written here.

pub mod actions;
pub mod places;
mod rules;
pub mod store;
