//! Partnerships: child, guardians and teacher through a school year.
//!
//! Nobody says how far one is: `rules` tells the steps of the line and `criteria` the 100 % line
//! from what happened.

pub mod actions;
pub mod contactable;
pub mod criteria;
pub mod family;
pub mod history;
pub mod inputs;
mod loaders;
mod mutation;
pub mod rules;
pub mod store;
pub mod types;

pub use family::Family;
pub use loaders::{HistoryOf, PartnershipOf, TalkChoicesOf};
pub use mutation::PartnershipMutation;
pub use types::{Partnership, works_with};
