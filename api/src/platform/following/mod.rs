//! What those who follow have in common.

mod recent;
mod rests;

pub use recent::{Position, Recent};
pub use rests::Rests;
