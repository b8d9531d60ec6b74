//! Memberships: the role of a person in a scope. They are read here; granting and revoking are acts of identity.
//!
//! Guardians have none stored: each live guardianship is a membership of role GUARDIAN at the school of the child, under
//! the same id.

pub mod actions;
mod loaders;
pub mod store;
pub mod types;

pub use loaders::{HoldersOf, MembershipsOf};
pub use types::{Membership, MembershipScope};
