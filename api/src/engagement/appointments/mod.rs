//! What somebody comes to: conversations and events, in one list by time.

mod query;
mod types;

pub use query::AppointmentQuery;
