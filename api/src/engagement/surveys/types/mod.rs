//! The survey, its questions, the viewer's answers, and its results.

mod question;
mod results;
mod survey;

pub use question::{QuestionKind, SurveyQuestion, SurveyResponse};
pub use survey::{Survey, SurveyKind, SurveyStatus};
