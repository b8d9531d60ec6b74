//! The question, and the viewer's answers.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, survey_answer, survey_question, survey_response};

use crate::engagement::surveys::loaders::{AnswersOf, QuestionsOf};
use crate::loaders;
use crate::people::students::Student;
use crate::platform::error::Result;
use crate::platform::size::list_size;

/// How a question is answered.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::QuestionKind")]
pub enum QuestionKind {
    /// By one of the options.
    Single,
    /// By any number of the options.
    Multiple,
    /// By a score from 1 to 5.
    Scale,
    /// In own words.
    Text,
}

#[derive(Clone)]
pub struct SurveyQuestion(pub survey_question::Model);

/// A question of a survey. Seen by who sees the survey.
#[Object]
impl SurveyQuestion {
    /// Opaque and stable, as long as the survey is not changed.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its place among the questions, from 0.
    pub async fn position(&self) -> i32 {
        self.0.position
    }

    /// How it is answered.
    pub async fn kind(&self) -> QuestionKind {
        self.0.kind.into()
    }

    /// What is asked, 1 to 500 characters.
    pub async fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether it needs an answer.
    pub async fn is_required(&self) -> bool {
        self.0.required
    }

    /// What to choose from; answers name their places, from 0. Empty for SCALE and TEXT.
    pub async fn options(&self) -> &[String] {
        &self.0.options.0
    }
}

pub struct SurveyResponse(pub(super) survey_response::Model);

/// What the viewer answered to a survey. Seen by nobody else.
#[Object]
impl SurveyResponse {
    /// Of a pulse, the child that it is about; null otherwise.
    pub async fn student(&self, ctx: &Context<'_>) -> Result<Option<Student>> {
        let Some(student) = self.0.student_id else { return Ok(None) };
        Ok(loaders::one(ctx, student).await?.map(Student))
    }

    /// When it was given last; null where it is not kept.
    pub async fn submitted_at(&self) -> Option<DateTime<Utc>> {
        self.0.submitted_at
    }

    /// The answers, one per question that was answered.
    #[graphql(directive = list_size::apply(10))]
    pub async fn answers(&self, ctx: &Context<'_>) -> Result<Vec<SurveyAnswer>> {
        let rows = loaders::one(ctx, AnswersOf(self.0.id)).await?.unwrap_or_default();
        let questions = loaders::one(ctx, QuestionsOf(self.0.survey_id)).await?.unwrap_or_default();
        let answers = questions.into_iter().filter_map(|question| {
            let rows: Vec<_> = rows.iter().filter(|row| row.question_id == question.id).cloned().collect();
            (!rows.is_empty()).then_some(SurveyAnswer { question, rows })
        });
        Ok(answers.collect())
    }
}

pub struct SurveyAnswer {
    question: survey_question::Model,
    rows: Vec<survey_answer::Model>,
}

/// What the viewer answered to one question.
#[Object]
impl SurveyAnswer {
    /// The question.
    pub async fn question(&self) -> SurveyQuestion {
        SurveyQuestion(self.question.clone())
    }

    /// The places of the options that were chosen, from 0; empty for SCALE and TEXT.
    pub async fn choices(&self) -> Vec<i32> {
        use engagement::QuestionKind as Kind;
        let chosen = matches!(self.question.kind, Kind::Single | Kind::Multiple);
        self.rows.iter().filter(|_| chosen).map(|row| row.value).collect()
    }

    /// The score from 1 to 5; null for all but SCALE.
    pub async fn score(&self) -> Option<i32> {
        let scale = self.question.kind == engagement::QuestionKind::Scale;
        self.rows.first().filter(|_| scale).map(|row| row.value)
    }

    /// The text, at most 4,000 characters; null for all but TEXT.
    pub async fn text(&self) -> Option<&str> {
        self.rows.first().and_then(|row| row.text.as_deref())
    }
}
