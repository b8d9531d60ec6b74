//! What families and schools do together: whom it is addressed to, and what becomes of it.

pub mod absence_notice;
pub mod agreement;
pub mod agreement_confirmation;
pub mod announcement;
pub mod announcement_revision;
pub mod announcement_translation;
mod announcement_values;
pub mod audience_target;
pub mod booking_round;
pub mod booking_round_group;
pub mod concern;
pub mod consent;
pub mod consent_purpose;
pub mod contact_moment;
pub mod contact_rules;
mod contact_values;
pub mod conversation;
pub mod conversation_attendee;
pub mod conversation_note;
pub mod event;
pub mod event_response;
pub mod goal;
pub mod goal_agreement;
pub mod message;
pub mod partnership;
pub mod recipient;
pub mod slot;
pub mod slot_booking;
pub mod survey;
pub mod survey_answer;
pub mod survey_question;
pub mod survey_response;
mod survey_values;
pub mod talk_choice;
pub mod thread;
pub mod thread_participant;
mod values;

pub use announcement_values::{AnnouncementStatus, Priority};
pub use contact_values::{
    ConcernStatus, ConcernUrgency, ContactKind, ContactTone, DayHours, ThreadStarter, ThreadStatus, WeekHours,
};
pub use survey_values::{QuestionKind, SurveyKind, SurveyStatus};
pub use values::{
    AbsenceReason, AttendeeStatus, BookingRoundStatus, ConsentAnswer, ConversationMode, EventStatus, RecipientKind,
    Rsvp, StepKind, TargetKind,
};
