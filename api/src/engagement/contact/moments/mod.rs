//! Contact moments: short contacts of staff with guardians. Guardians see the compliments that are for them.

mod actions;
mod loaders;
mod mutation;
mod query;
mod rules;
mod store;
pub mod types;

pub use mutation::ContactMomentMutation;
pub use query::{ContactMomentQuery, contact_moments_of};
pub use types::ContactMoment;
