//! The survey.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, recipient, survey};

use super::results::{SurveyResults, counted};
use super::{SurveyQuestion, SurveyResponse};
use crate::access::Action;
use crate::call::Call;
use crate::engagement::announcements::WriterOf;
use crate::engagement::audience::{AudienceTarget, OwnReceipt, audience_of, children_of};
use crate::engagement::surveys::loaders::{AsAuthor, AsStaff, InvitedTo, OwnResponses, QuestionsOf, ResponsesTo};
use crate::engagement::surveys::rules;
use crate::loaders;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::Result;
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
        children_of(ctx, &self.own_rows(ctx).await?).await
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
        SurveyResults::of(ctx, &self.0, false).await
    }

    /// What staff answered, without names. Null as `results` is, and of an anonymous one.
    pub async fn staff_results(&self, ctx: &Context<'_>) -> Result<Option<SurveyResults>> {
        SurveyResults::of(ctx, &self.0, true).await
    }

    /// Whether the viewer may change, open and close it.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        if Call::of(ctx).is_closed(self.0.board_id, Action::FamiliesAddress) {
            return Ok(false);
        }
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
