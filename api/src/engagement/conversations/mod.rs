//! Conversations about a child: planned, moved, recorded, shared with the guardians who were invited.
//!
//! What was recorded is held back for a while, so that the teacher's own words come first; then the guardians who were
//! invited see it and confirm each agreement. A private note is its author's alone.

mod actions;
mod apart;
pub mod diary;
pub mod due;
pub mod inputs;
mod loaders;
mod mutation;
mod record;
pub mod rules;
pub mod store;
pub mod types;

pub use apart::part;
pub use loaders::{AgreementsOf, AttendeesOf, ConversationsOf};
pub use mutation::ConversationMutation;
pub use types::Conversation;
