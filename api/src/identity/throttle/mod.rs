//! Slowing down who guesses, without keeping out who mistypes.

mod actions;
mod address;
mod rules;
pub mod store;

pub use actions::{Guess, Purpose, Turns, begin, forget};
