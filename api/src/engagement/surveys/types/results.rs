//! What was answered to a survey, without names.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use glans_entity::engagement::{self, survey, survey_question};

use super::SurveyQuestion;
use crate::call::Call;
use crate::engagement::surveys::loaders::{AsAuthor, AsLeader, QuestionsOf, ResponsesTo, ResultsOf};
use crate::engagement::surveys::results::{self, OfQuestion};
use crate::engagement::surveys::rules;
use crate::loaders;
use crate::platform::error::{Error, Result};
use crate::platform::page::{Page, PageArgs};
use crate::platform::size::list_size;

/// What was answered to a closed survey, without names (*uitkomsten*).
#[derive(SimpleObject)]
pub struct SurveyResults {
    /// How many responses there are.
    response_count: i32,
    /// Question by question, in their order.
    #[graphql(directive = list_size::apply(10))]
    questions: Vec<QuestionResults>,
}

impl SurveyResults {
    /// What guardians answered, or staff; none where it is not told.
    pub(super) async fn of(ctx: &Context<'_>, row: &survey::Model, as_staff: bool) -> Result<Option<Self>> {
        if !may_see(ctx, row).await? {
            return Ok(None);
        }
        let (guardians, staff) = loaders::one(ctx, ResponsesTo(row.id)).await?.unwrap_or_default();
        let count = if as_staff { staff } else { guardians };
        if !rules::are_told(rules::status(row, Call::of(ctx).now()), count) {
            return Ok(None);
        }
        let mut of = loaders::one(ctx, ResultsOf(row.id, as_staff)).await?.unwrap_or_default();
        let questions = loaders::one(ctx, QuestionsOf(row.id)).await?.unwrap_or_default();
        let told = questions.into_iter().map(|question| {
            let of = of.remove(&question.id).unwrap_or_default();
            QuestionResults { question, as_staff, of: Arc::new(of) }
        });
        Ok(Some(Self { response_count: counted(count)?, questions: told.collect() }))
    }
}

/// What a teacher answered of a pulse is not for other teachers to add up.
async fn may_see(ctx: &Context<'_>, row: &survey::Model) -> Result<bool> {
    Ok(match row.kind {
        engagement::SurveyKind::Survey => loaders::one(ctx, AsAuthor(row.id)).await?.is_some(),
        engagement::SurveyKind::Pulse => loaders::one(ctx, AsLeader(row.id)).await?.is_some(),
    })
}

pub(super) fn counted(count: i64) -> Result<i32> {
    i32::try_from(count).map_err(Error::fault)
}

pub struct QuestionResults {
    question: survey_question::Model,
    as_staff: bool,
    of: Arc<OfQuestion>,
}

impl QuestionResults {
    fn are_told(&self) -> bool {
        rules::are_enough(self.of.answers)
    }
}

/// What was answered to one question. Nothing is told of it below `resultsFrom` answers.
#[Object]
impl QuestionResults {
    /// The question.
    pub async fn question(&self) -> SurveyQuestion {
        SurveyQuestion(self.question.clone())
    }

    /// How many answered it; null below `resultsFrom`.
    pub async fn answer_count(&self) -> Result<Option<i32>> {
        self.are_told().then(|| counted(self.of.answers)).transpose()
    }

    /// How often each option or score was given, also those that nobody gave; empty for TEXT and below `resultsFrom`.
    #[graphql(directive = list_size::apply(10))]
    pub async fn counts(&self) -> Result<Vec<ValueCount>> {
        use engagement::QuestionKind as Kind;
        if !self.are_told() {
            return Ok(Vec::new());
        }
        let times =
            |value: i32| self.of.counts.iter().find(|(given, _)| *given == value).map_or(0, |(_, count)| *count);
        let counted =
            |(value, text): (i32, Option<String>)| Ok(ValueCount { value, text, count: counted(times(value))? });
        match self.question.kind {
            Kind::Single | Kind::Multiple => {
                (0..).zip(self.question.options.0.iter().cloned().map(Some)).map(counted).collect()
            }
            Kind::Scale => rules::SCALE.map(|value| (value, None)).map(counted).collect(),
            Kind::Text => Ok(Vec::new()),
        }
    }

    /// The mean of the scores, 1 to 5; null for all but SCALE and below `resultsFrom`.
    #[expect(clippy::cast_precision_loss, reason = "there are fewer answers than a float has whole numbers")]
    pub async fn mean(&self) -> Option<f64> {
        if self.question.kind != engagement::QuestionKind::Scale || !self.are_told() {
            return None;
        }
        let sum: i64 = self.of.counts.iter().map(|(value, count)| i64::from(*value) * count).sum();
        Some(sum as f64 / self.of.answers as f64)
    }

    /// What was answered in own words, in alphabetical order; empty for all but TEXT and below `resultsFrom`.
    pub async fn texts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<SurveyText>> {
        let call = Call::of(ctx);
        let args = PageArgs { first, after, last, before };
        let told = self.question.kind == engagement::QuestionKind::Text && self.are_told();
        let total = if told { usize::try_from(self.of.answers).map_err(Error::fault)? } else { 0 };
        let (db, scope) = (call.read().await?, call.scope());
        let page = results::texts(&*db, &scope, &self.question, self.as_staff, total, &args).await?;
        Ok(page.into_page(|(_, text)| SurveyText { text }))
    }
}

/// What somebody answered in own words, without the name.
#[derive(SimpleObject)]
pub struct SurveyText {
    /// The text, 1 to 4,000 characters, with line breaks.
    text: String,
}

/// How often an option or score was given.
#[derive(SimpleObject)]
pub struct ValueCount {
    /// The place of the option from 0, or the score from 1.
    value: i32,
    /// The text of the option; null for a score.
    text: Option<String>,
    /// How often it was given.
    count: i32,
}
