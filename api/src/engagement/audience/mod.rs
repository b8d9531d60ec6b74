//! Whom something is for: places, who in them, and the rows of each person that it reaches.

pub mod actions;
mod loaders;
mod lookup;
pub mod receipts;
pub mod rules;
pub mod store;
pub mod types;

pub use loaders::{MayAddress, OwnReceipt, TargetsOf};
pub use types::{AudienceInput, AudienceTarget, Receipt, audience_of, children_of};
