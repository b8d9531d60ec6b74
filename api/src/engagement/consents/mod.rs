//! Consents: what a school asks guardians for, and what each of them answers. Asked anew each school year: an answer counts
//! for its year alone, and none is ever changed or deleted.

mod actions;
mod loaders;
mod mutation;
mod rules;
mod store;
pub mod types;

pub use loaders::{AskedAbout, PurposesOf};
pub use mutation::ConsentMutation;
pub use types::{Consent, ConsentPurpose, StudentConsent};
