//! API clients: programs of integrators, each of one board, with scopes in place of a role.
//!
//! A client has one secret, and for 30 days after a rotation the one before it. LIVE → REVOKED, for good.

pub mod actions;
mod loaders;
mod mutation;
mod query;
pub mod rules;
pub mod store;
pub mod types;
pub mod usage;

pub use mutation::ApiClientMutation;
pub use query::ApiClientQuery;
pub use types::ApiClient;
