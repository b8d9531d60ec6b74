//! The announcement and what belongs to it.

mod announcement;
mod reach;
mod versions;

pub use announcement::{Announcement, AnnouncementStatus, Priority};
pub use reach::{GuardianReceipt, Reach, ReceiptState};
pub use versions::{AnnouncementRevision, AnnouncementTranslation};
