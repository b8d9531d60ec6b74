//! Booking rounds: teachers give slots, guardians book a conversation in them.
//!
//! A slot is booked once: the row of its booking has the slot as its key. A child has one booking per teacher and round, or
//! one per guardian where the family talks apart. Whoever cancels the conversation gives the slot back (a trigger).

mod actions;
mod booking;
pub mod inputs;
mod loaders;
mod mutation;
mod offers;
mod query;
pub mod rules;
pub mod store;
pub mod types;
pub mod unbooked;

pub use mutation::BookingMutation;
pub use query::BookingQuery;
pub use types::{BookingRound, Slot};
