//! What families and schools do together: whom it is addressed to, and what becomes of it.

pub mod absence_notice;
pub mod agreement;
pub mod agreement_confirmation;
pub mod audience_target;
pub mod booking_round;
pub mod booking_round_group;
pub mod consent;
pub mod consent_purpose;
pub mod conversation;
pub mod conversation_attendee;
pub mod conversation_note;
pub mod event;
pub mod event_response;
pub mod goal;
pub mod goal_agreement;
pub mod partnership;
pub mod recipient;
pub mod slot;
pub mod slot_booking;
pub mod talk_choice;
mod values;

pub use values::{
    AbsenceReason, AttendeeStatus, BookingRoundStatus, ConsentAnswer, ConversationMode, EventStatus, RecipientKind,
    Rsvp, StepKind, TargetKind,
};
