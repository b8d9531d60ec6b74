//! What families and schools do together: whom it is addressed to, and what becomes of it.

pub mod announcement;
pub mod announcement_revision;
pub mod announcement_translation;
mod announcement_values;
pub mod audience_target;
pub mod recipient;
mod values;

pub use announcement_values::{AnnouncementStatus, Priority};
pub use values::{RecipientKind, TargetKind};
