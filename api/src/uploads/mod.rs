//! Bytes that fit in no request: they are sent to an address of their own, and a mutation takes them by their id.
//!
//! An address is secret and works once. An hour after it was made, it and the bytes are of no use any more.

mod actions;
mod arriving;
mod mutation;
mod route;
pub mod store;
mod token;
pub mod types;

pub use actions::{MOST_BYTES, text};
pub use arriving::{Arriving, Declined, answer};
pub use mutation::UploadMutation;
pub use route::routes;
pub use token::{Token, hash};
