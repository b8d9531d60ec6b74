//! Forgetting a person, and showing all that is kept of one.
//!
//! What there is of a person stands in one list, the [`ledger`]: every table, whether its rows go or stay, and what becomes of
//! each text in them. Both acts follow it, so that what is shown is what is forgotten. A table that nobody wrote down there
//! fails a test.
//!
//! An erased person stays as a tombstone under the same id: without a name, an address or a login, so that what others did
//! and decided still has its other side, figures still count, and an import that sends the person again finds them erased.

mod actions;
mod export;
pub mod ledger;
mod login;
mod mutation;
mod rules;
mod store;
pub mod types;

pub use mutation::ErasureMutation;
