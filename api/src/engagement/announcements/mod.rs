//! Announcements: a word of the school to many, each guardian once however many children it is about.
//!
//! Whom one reaches is decided when it appears ([`actions::appear`]); what somebody sees of it from then on follows what
//! they may have of the child today. What has appeared is never changed in silence: it is corrected, and readers are told,
//! or withdrawn, and its text is gone from what they see.

pub mod actions;
mod answers;
pub mod due;
pub mod inputs;
mod loaders;
mod mutation;
mod query;
mod reach;
pub mod rules;
pub mod store;
pub mod types;

pub use loaders::WriterOf;
pub use mutation::AnnouncementMutation;
pub use query::AnnouncementQuery;
pub use types::Announcement;
