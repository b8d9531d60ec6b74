//! What families and schools do together: whom it is addressed to, and what becomes of it.

pub mod agreement;
pub mod agreement_confirmation;
pub mod audience_target;
pub mod concern;
pub mod contact_moment;
pub mod contact_rules;
mod contact_values;
pub mod conversation;
pub mod conversation_attendee;
pub mod conversation_note;
pub mod goal;
pub mod goal_agreement;
pub mod message;
pub mod partnership;
pub mod recipient;
pub mod talk_choice;
pub mod thread;
pub mod thread_participant;
mod values;

pub use contact_values::{
    ConcernStatus, ConcernUrgency, ContactKind, ContactTone, DayHours, ThreadStarter, ThreadStatus, WeekHours,
};
pub use values::{AttendeeStatus, ConversationMode, RecipientKind, StepKind, TargetKind};
