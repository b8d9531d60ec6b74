//! What families and schools do together: whom it is addressed to, and what becomes of it.

pub mod announcement;
pub mod announcement_revision;
pub mod announcement_translation;
mod announcement_values;
pub mod audience_target;
pub mod recipient;
pub mod survey;
pub mod survey_answer;
pub mod survey_question;
pub mod survey_response;
mod survey_values;
mod values;

pub use announcement_values::{AnnouncementStatus, Priority};
pub use survey_values::{QuestionKind, SurveyKind, SurveyStatus};
pub use values::{RecipientKind, TargetKind};
