//! What families and schools do together: whom it is addressed to, and what becomes of it.

pub mod agreement;
pub mod agreement_confirmation;
pub mod audience_target;
pub mod booking_round;
pub mod booking_round_group;
pub mod conversation;
pub mod conversation_attendee;
pub mod conversation_note;
pub mod goal;
pub mod goal_agreement;
pub mod partnership;
pub mod recipient;
pub mod slot;
pub mod slot_booking;
pub mod talk_choice;
mod values;

pub use values::{AttendeeStatus, BookingRoundStatus, ConversationMode, RecipientKind, StepKind, TargetKind};
