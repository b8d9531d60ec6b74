//! The survey, its questions, the viewer's answers, and its results.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, recipient, survey, survey_answer, survey_question, survey_response};
use glans_entity::ids::StudentId;

use super::loaders::{
    AnswersOf, AsAuthor, AsLeader, AsStaff, InvitedTo, OwnResponses, QuestionsOf, ResponsesTo, ResultsOf,
};
use super::results::{self, OfQuestion};
use super::rules;
use crate::call::Call;
use crate::engagement::announcements::WriterOf;
use crate::engagement::audience::{AudienceTarget, OwnReceipt, audience_of};
use crate::loaders;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::{Error, Result};
use crate::platform::page::{Page, PageArgs};
use crate::platform::scalars::Locale;
use crate::platform::size::list_size;
use crate::programme::shelf;

/// What a survey is for.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::SurveyKind")]
pub enum SurveyKind {
    /// Questions to many (*vragenlijst*).
    Survey,
    /// One question about trust, on a scale, about one child at a time (*polsslag*).
    Pulse,
}

/// How far a survey is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::SurveyStatus")]
pub enum SurveyStatus {
    /// Being made.
    Draft,
    /// Can be answered.
    Open,
    /// Takes no more answers, and is not opened again.
    Closed,
}

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

pub struct Survey(pub survey::Model);

impl From<survey::Model> for Survey {
    fn from(row: survey::Model) -> Self {
        Self(row)
    }
}

impl Survey {
    async fn own_rows(&self, ctx: &Context<'_>) -> Result<Vec<recipient::Model>> {
        Ok(loaders::one(ctx, OwnReceipt(self.0.id.0)).await?.unwrap_or_default())
    }

    async fn is_of_staff(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(loaders::one(ctx, AsStaff(self.0.id)).await?.is_some())
    }

    /// What a teacher answered of a pulse is not for other teachers to add up.
    async fn may_see_results(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(match self.0.kind {
            engagement::SurveyKind::Survey => loaders::one(ctx, AsAuthor(self.0.id)).await?.is_some(),
            engagement::SurveyKind::Pulse => loaders::one(ctx, AsLeader(self.0.id)).await?.is_some(),
        })
    }

    async fn results_of(&self, ctx: &Context<'_>, as_staff: bool) -> Result<Option<SurveyResults>> {
        if !self.may_see_results(ctx).await? {
            return Ok(None);
        }
        let (guardians, staff) = loaders::one(ctx, ResponsesTo(self.0.id)).await?.unwrap_or_default();
        let count = if as_staff { staff } else { guardians };
        if !rules::are_told(rules::status(&self.0, Call::of(ctx).now()), count) {
            return Ok(None);
        }
        let mut of = loaders::one(ctx, ResultsOf(self.0.id, as_staff)).await?.unwrap_or_default();
        let questions = loaders::one(ctx, QuestionsOf(self.0.id)).await?.unwrap_or_default();
        let told = questions.into_iter().map(|row| {
            let of = of.remove(&row.id).unwrap_or_default();
            QuestionResults { question: row, as_staff, of: Arc::new(of) }
        });
        Ok(Some(SurveyResults { response_count: counted(count)?, questions: told.collect() }))
    }
}

fn counted(count: i64) -> Result<i32> {
    i32::try_from(count).map_err(Error::fault)
}

/// Questions to many (*vragenlijst*), or one question about each child (*polsslag*). Seen by those whom it reached, guardians
/// as long as they may have everything of the child, and by the staff of its places; a draft by its author and by who leads,
/// directs or administers all of its places.
#[Object]
impl Survey {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is for.
    pub async fn kind(&self) -> SurveyKind {
        self.0.kind.into()
    }

    /// The title, 1 to 200 characters.
    pub async fn title(&self) -> &str {
        &self.0.title
    }

    /// What it says before the questions, at most 4,000 characters with line breaks; null for nothing.
    pub async fn intro(&self) -> Option<&str> {
        self.0.intro.as_deref()
    }

    /// Who made it.
    pub async fn author(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, WriterOf(self.0.author_id)).await.map(Person)
    }

    /// Whether answers are stored without who gave them.
    #[graphql(name = "anonymous")]
    pub async fn anonymous(&self) -> bool {
        self.0.anonymous
    }

    /// Who will see what is answered, in words to show beside the questions; in Dutch or English.
    pub async fn seen_by(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language; that of the viewer when absent.")] locale: Option<Locale>,
    ) -> String {
        let call = Call::of(ctx);
        let own = shelf::languages(call, &call.standing().actor);
        let asked = locale.iter().map(Locale::primary);
        let text = rules::seen_by(self.0.kind, self.0.anonymous);
        call.told.text(&text, asked.chain(own.iter().map(String::as_str))).to_owned()
    }

    /// The places and children that it is for, as far as the viewer sees them. For staff; empty for everybody else.
    #[graphql(directive = list_size::apply(5))]
    pub async fn audience(&self, ctx: &Context<'_>) -> Result<Vec<AudienceTarget>> {
        if self.is_of_staff(ctx).await? { audience_of(ctx, self.0.id.0, false).await } else { Ok(Vec::new()) }
    }

    /// The places and children that were left out of it, as far as the viewer sees them. For staff; empty for everybody
    /// else.
    #[graphql(directive = list_size::apply(2))]
    pub async fn excluded_audience(&self, ctx: &Context<'_>) -> Result<Vec<AudienceTarget>> {
        if self.is_of_staff(ctx).await? { audience_of(ctx, self.0.id.0, true).await } else { Ok(Vec::new()) }
    }

    /// How far it is.
    pub async fn status(&self, ctx: &Context<'_>) -> SurveyStatus {
        rules::status(&self.0, Call::of(ctx).now()).into()
    }

    /// When it opened; of a draft, when it was made.
    pub async fn opens_at(&self) -> DateTime<Utc> {
        self.0.opens_at
    }

    /// When it closes or closed. Once it is open, this moves no more, unless it is closed sooner.
    pub async fn closes_at(&self) -> DateTime<Utc> {
        self.0.closes_at
    }

    /// The questions, in their order.
    #[graphql(directive = list_size::apply(10))]
    pub async fn questions(&self, ctx: &Context<'_>) -> Result<Vec<SurveyQuestion>> {
        loaders::list(ctx, QuestionsOf(self.0.id), SurveyQuestion).await
    }

    /// The viewer's own children about whom it reached the viewer; empty for whom it reached as a member of staff or not at
    /// all.
    #[graphql(directive = list_size::apply(2))]
    pub async fn concerns(&self, ctx: &Context<'_>) -> Result<Vec<Student>> {
        let rows = self.own_rows(ctx).await?;
        let children: Vec<StudentId> =
            rows.iter().map(|row| row.student_id).filter(|child| *child != recipient::AS_STAFF).collect();
        let mut found = loaders::many(ctx, children.clone()).await?;
        Ok(children.into_iter().filter_map(|child| found.remove(&child)).map(Student).collect())
    }

    /// Whether the viewer has answered it; a pulse, about each own child that it concerns. False for whom it did not reach.
    pub async fn viewer_has_responded(&self, ctx: &Context<'_>) -> Result<bool> {
        let rows = self.own_rows(ctx).await?;
        let mut asked = rows
            .iter()
            .filter(|row| self.0.kind == engagement::SurveyKind::Survey || row.student_id != recipient::AS_STAFF)
            .peekable();
        Ok(asked.peek().is_some() && asked.all(|row| row.acknowledged_at.is_some()))
    }

    /// What the viewer answered: one response, of a pulse one per child. Empty when anonymous: nobody knows any more.
    #[graphql(directive = list_size::apply(2))]
    pub async fn viewer_responses(&self, ctx: &Context<'_>) -> Result<Vec<SurveyResponse>> {
        loaders::list(ctx, OwnResponses(self.0.id), SurveyResponse).await
    }

    /// How many persons it reached. For staff of its places; null for everybody else and for a draft.
    pub async fn recipient_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        if self.0.status == engagement::SurveyStatus::Draft || !self.is_of_staff(ctx).await? {
            return Ok(None);
        }
        counted(loaders::one(ctx, InvitedTo(self.0.id)).await?.unwrap_or_default()).map(Some)
    }

    /// How many responses there are, of a pulse one per child and person. For staff of its places; null for everybody else
    /// and for a draft.
    pub async fn response_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        if self.0.status == engagement::SurveyStatus::Draft || !self.is_of_staff(ctx).await? {
            return Ok(None);
        }
        let (guardians, staff) = loaders::one(ctx, ResponsesTo(self.0.id)).await?.unwrap_or_default();
        counted(guardians + staff).map(Some)
    }

    /// As many responses as it takes for the results of a closed survey to be told.
    pub async fn results_from(&self) -> Result<i32> {
        counted(rules::RESULTS_FROM)
    }

    /// What guardians answered, without names; of an anonymous one, what everybody answered. Null until it is CLOSED, so that
    /// no two readings differ by one answer; below `resultsFrom` such responses; and for who may not change the survey. Of a
    /// pulse only for who leads the school, directs the cluster or administers the board.
    pub async fn results(&self, ctx: &Context<'_>) -> Result<Option<SurveyResults>> {
        self.results_of(ctx, false).await
    }

    /// What staff answered, without names. Null as `results` is, and of an anonymous one.
    pub async fn staff_results(&self, ctx: &Context<'_>) -> Result<Option<SurveyResults>> {
        self.results_of(ctx, true).await
    }

    /// Whether the viewer may change, open and close it.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(loaders::one(ctx, AsAuthor(self.0.id)).await?.is_some())
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` to an update.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
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

pub struct SurveyResponse(survey_response::Model);

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

/// What was answered to a closed survey, without names (*uitkomsten*).
#[derive(SimpleObject)]
pub struct SurveyResults {
    /// How many responses there are.
    response_count: i32,
    /// Question by question, in their order.
    #[graphql(directive = list_size::apply(10))]
    questions: Vec<QuestionResults>,
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
