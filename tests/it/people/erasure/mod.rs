//! Forgetting a person, and showing all that is kept of one.

pub mod dump;
mod forgetting;
mod rights;
mod traces;
