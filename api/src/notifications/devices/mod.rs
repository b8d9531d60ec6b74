//! Devices: where push notifications of a signed-in app go.
//!
//! A device is of an account and of the session in which it was registered, and ends with it. A token of a gateway is of one
//! device at a time: the last who registers it has it, under a new id, so that what was queued for whoever had it before
//! finds nobody.

mod actions;
mod loaders;
mod mutation;
mod rules;
mod settling;
pub mod store;
pub mod types;

pub use mutation::DeviceMutation;
pub use settling::{settle, settle_account, settle_leases, settle_unbound};
pub use types::Device;
