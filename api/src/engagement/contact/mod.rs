//! Everyday contact: short contacts that staff note in two taps, a compliment among them, and concerns, which go from raised
//! to resolved and never back.

pub mod concerns;
mod history;
pub mod moments;

pub use concerns::{Concern, ConcernMutation, ConcernQuery};
pub use history::{ConcernSpan, ContactHistory, Exchange, history};
pub use moments::{ContactMoment, ContactMomentMutation, ContactMomentQuery};
