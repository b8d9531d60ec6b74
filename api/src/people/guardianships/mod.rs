//! Guardianships: the relation of one guardian to one student, and what the guardian may have of the student.
//!
//! INVITED until the guardian accepts, ACTIVE while it is in force, SUSPENDED until the school has verified it, ENDED when
//! it is over. A change is in force with the commit. Each guardian has an own relation: a change of one tells the other
//! nothing. Nobody changes the own one, or anything else about a child of their own.

pub mod actions;
mod loaders;
mod mutation;
pub mod rules;
pub mod store;
pub mod types;

pub use actions::{refuse_own_child, refuse_own_family};
pub use loaders::{GuardianshipsOf, OwnChild, OwnFamily};
pub use mutation::GuardianshipMutation;
pub use store::Of;
pub use types::Guardianship;
