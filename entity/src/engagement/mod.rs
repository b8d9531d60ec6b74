//! What families and schools do together: whom it is addressed to, and what becomes of it.

pub mod audience_target;
pub mod recipient;
mod values;

pub use values::{RecipientKind, TargetKind};
