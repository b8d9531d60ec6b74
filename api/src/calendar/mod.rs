//! What somebody is to come to, for the calendar program of that person to follow (RFC 5545).
//!
//! The address of a feed is its secret. It is shown once, kept as a hash, and gives way to the next one.

mod actions;
mod entry;
mod families;
mod feed;
mod mutation;
mod query;
mod route;
mod store;
mod types;

pub use mutation::CalendarMutation;
pub use query::CalendarQuery;
pub use route::routes;
