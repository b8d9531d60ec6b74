//! What those who follow have in common.

mod kept;
mod recent;
mod rests;

pub use kept::{KEPT, must_be_kept};
pub use recent::{Position, Recent};
pub use rests::Rests;
