//! Agreements of a conversation: each guardian who was invited confirms or comments, and staff says whether they were kept.

mod actions;
mod loaders;
mod mutation;
pub mod store;
pub mod types;

pub use loaders::ConfirmationsOf;
pub use mutation::AgreementMutation;
pub use types::Agreement;
