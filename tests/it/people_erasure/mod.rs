//! Forgetting a person, and showing all that is kept of one.

mod dump;
mod forgetting;
mod rights;
mod traces;
