//! The inputs and payloads of surveys.

use async_graphql::{ID, InputObject, MaybeUndefined};
use glans_entity::engagement::{self, survey};

use super::rules::{Answer, Head, Question};
use super::types::{QuestionKind, Survey, SurveyKind, SurveyStatus};
use crate::engagement::audience::AudienceInput;
use crate::payload;
use crate::platform::scalars::Instant;

/// Which surveys. Each field narrows it down.
#[derive(InputObject, Default)]
pub struct SurveyFilter {
    /// Only in this state.
    pub status: Option<SurveyStatus>,
    /// True: only those that reached the viewer, and not those that the viewer sees as a member of staff.
    pub is_addressed_to_viewer: Option<bool>,
}

/// A question.
#[derive(InputObject)]
pub struct SurveyQuestionInput {
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked, 1 to 500 characters, on one line.
    pub text: String,
    /// Whether it needs an answer; false when absent.
    pub is_required: Option<bool>,
    /// What to choose from, 2 to 20 texts of 1 to 200 characters; only for SINGLE and MULTIPLE.
    pub options: Option<Vec<String>>,
}

impl From<SurveyQuestionInput> for Question {
    fn from(input: SurveyQuestionInput) -> Self {
        Self {
            kind: input.kind.into(),
            text: input.text,
            required: input.is_required.unwrap_or_default(),
            options: input.options.unwrap_or_default(),
        }
    }
}

/// A new survey or pulse.
#[derive(InputObject)]
pub struct SurveyCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// Whom it is for. Of a pulse, guardians and teachers when the roles are absent.
    pub audience: AudienceInput,
    /// What it is for; SURVEY when absent. A PULSE asks one question on a scale, about one child at a time.
    pub kind: Option<SurveyKind>,
    /// The title, 1 to 200 characters, on one line.
    pub title: String,
    /// What to say before the questions, at most 4,000 characters; absent for nothing.
    pub intro: Option<String>,
    /// Whether answers are stored without who gave them; false when absent. A pulse is not.
    pub is_anonymous: Option<bool>,
    /// When it closes, within a year.
    pub closes_at: Instant,
    /// The questions in their order, 1 to 50.
    pub questions: Vec<SurveyQuestionInput>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

impl SurveyCreateInput {
    pub(super) fn head(&self) -> Head {
        Head {
            kind: self.kind.map_or(engagement::SurveyKind::Survey, Into::into),
            title: self.title.clone(),
            intro: self.intro.clone(),
            anonymous: self.is_anonymous.unwrap_or_default(),
            closes_at: self.closes_at.0,
        }
    }
}

/// Changes to a draft. What is absent stays.
#[derive(InputObject)]
pub struct SurveyUpdateInput {
    /// Which survey.
    pub id: ID,
    /// Whom it is for, in place of whom it was for.
    pub audience: Option<AudienceInput>,
    /// The title, 1 to 200 characters, on one line.
    pub title: Option<String>,
    /// What to say before the questions, at most 4,000 characters; null for nothing.
    pub intro: MaybeUndefined<String>,
    /// Whether answers are stored without who gave them. A pulse is not.
    pub is_anonymous: Option<bool>,
    /// When it closes, within a year.
    pub closes_at: Option<Instant>,
    /// The questions in their order, 1 to 50, in place of those that there were.
    pub questions: Option<Vec<SurveyQuestionInput>>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

impl SurveyUpdateInput {
    pub(super) fn head(&self, row: &survey::Model) -> Head {
        Head {
            kind: row.kind,
            title: self.title.clone().unwrap_or_else(|| row.title.clone()),
            intro: match &self.intro {
                MaybeUndefined::Undefined => row.intro.clone(),
                MaybeUndefined::Null => None,
                MaybeUndefined::Value(intro) => Some(intro.clone()),
            },
            anonymous: self.is_anonymous.unwrap_or(row.anonymous),
            closes_at: self.closes_at.map_or(row.closes_at, |at| at.0),
        }
    }
}

/// Which survey opens.
#[derive(InputObject)]
pub struct SurveyOpenInput {
    /// Which survey.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which survey closes.
#[derive(InputObject)]
pub struct SurveyCloseInput {
    /// Which survey.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// The answer to one question: the field that goes with its kind.
#[derive(InputObject)]
pub struct SurveyAnswerInput {
    /// Which question of the survey.
    pub question: ID,
    /// Of SINGLE and MULTIPLE: the places of the options that are chosen, counted from 0.
    pub choices: Option<Vec<i32>>,
    /// Of SCALE: a score from 1 to 5.
    pub score: Option<i32>,
    /// Of TEXT: at most 4,000 characters, with line breaks.
    pub text: Option<String>,
}

impl From<SurveyAnswerInput> for Answer {
    fn from(input: SurveyAnswerInput) -> Self {
        Self { question: input.question.parse().ok(), choices: input.choices, score: input.score, text: input.text }
    }
}

/// What the viewer answers.
#[derive(InputObject)]
pub struct SurveyRespondInput {
    /// Which survey.
    pub survey: ID,
    /// Of a pulse: about which child. Absent otherwise.
    pub student: Option<ID>,
    /// One per question that is answered.
    pub answers: Vec<SurveyAnswerInput>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `surveyCreate`.
    SurveyCreatePayload {
        /// The draft; null when refused.
        survey: Survey,
        survey_edge
    }
}

payload! {
    /// The answer to `surveyUpdate`.
    SurveyUpdatePayload {
        /// The draft as it is now; on a conflict of versions, as it was left; null when refused otherwise.
        survey: Survey
    }
}

payload! {
    /// The answer to `surveyOpen`.
    SurveyOpenPayload {
        /// The survey, OPEN; on a conflict of versions, as it was left; null when refused otherwise.
        survey: Survey
    }
}

payload! {
    /// The answer to `surveyClose`.
    SurveyClosePayload {
        /// The survey, CLOSED; on a conflict of versions, as it was left; null when refused otherwise.
        survey: Survey
    }
}

payload! {
    /// The answer to `surveyRespond`.
    SurveyRespondPayload {
        /// The survey, answered by the viewer; null when refused.
        survey: Survey
    }
}
