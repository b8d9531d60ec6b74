//! What families and schools do together: whom it is addressed to, and what becomes of it.

pub mod agreement;
pub mod agreement_confirmation;
pub mod announcement;
pub mod announcement_revision;
pub mod announcement_translation;
mod announcement_values;
pub mod audience_target;
pub mod conversation;
pub mod conversation_attendee;
pub mod conversation_note;
pub mod goal;
pub mod goal_agreement;
pub mod partnership;
pub mod recipient;
pub mod survey;
pub mod survey_answer;
pub mod survey_question;
pub mod survey_response;
mod survey_values;
pub mod talk_choice;
mod values;

pub use announcement_values::{AnnouncementStatus, Priority};
pub use survey_values::{QuestionKind, SurveyKind, SurveyStatus};
pub use values::{AttendeeStatus, ConversationMode, RecipientKind, StepKind, TargetKind};
