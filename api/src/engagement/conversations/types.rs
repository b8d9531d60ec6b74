//! The conversation.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, conversation};
use glans_entity::practice as stored;

use super::loaders::OwnNote;
use super::{AgreementsOf, AttendeesOf, rules};
use crate::call::Call;
use crate::engagement::agreements::Agreement;
use crate::engagement::partnerships::types::StepKind;
use crate::engagement::partnerships::{Partnership, works_with};
use crate::loaders;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::Result;
use crate::platform::size::list_size;
use crate::practice::occasions::types::{Attendance, OccasionAnswer, OccasionStatus};

/// How a conversation is held.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::ConversationMode")]
pub enum ConversationMode {
    /// At the school.
    AtSchool,
    /// By telephone.
    Phone,
    /// By video.
    Video,
    /// At the home of the family.
    HomeVisit,
}

/// Whether somebody was there.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationPresence {
    /// Was there.
    Present,
    /// Was not there.
    Absent,
}

impl From<ConversationPresence> for engagement::AttendeeStatus {
    fn from(presence: ConversationPresence) -> Self {
        match presence {
            ConversationPresence::Present => Self::Present,
            ConversationPresence::Absent => Self::Absent,
        }
    }
}

impl From<OccasionAnswer> for engagement::AttendeeStatus {
    fn from(answer: OccasionAnswer) -> Self {
        match answer {
            OccasionAnswer::Accepted => Self::Accepted,
            OccasionAnswer::Declined => Self::Declined,
        }
    }
}

pub struct Conversation(pub conversation::Model);

impl From<conversation::Model> for Conversation {
    fn from(row: conversation::Model) -> Self {
        Self(row)
    }
}

impl Conversation {
    fn is_open(&self, ctx: &Context<'_>) -> bool {
        let call = Call::of(ctx);
        rules::is_open(&self.0, &call.scope(), call.now())
    }
}

/// A conversation (*gesprek*) about a child: the one of expectations is the triangle of teacher, child and guardians
/// (*driehoeksgesprek*). Seen by who leads the school or teaches the group, and by the guardians who are invited.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id)")]
impl Conversation {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The child.
    pub async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        loaders::present(ctx, self.0.student_id).await.map(Student)
    }

    /// The partnership to which it belongs.
    pub async fn partnership(&self, ctx: &Context<'_>) -> Result<Partnership> {
        loaders::present(ctx, self.0.partnership_id).await.map(Partnership)
    }

    /// The step of the line through the year; never GOALS.
    pub async fn kind(&self) -> StepKind {
        self.0.kind.into()
    }

    /// When it begins.
    pub async fn starts_at(&self) -> Option<DateTime<Utc>> {
        Some(self.0.starts_at)
    }

    /// When it ends.
    pub async fn ends_at(&self) -> Option<DateTime<Utc>> {
        Some(self.0.ends_at)
    }

    /// How it is held.
    pub async fn mode(&self) -> ConversationMode {
        self.0.mode.into()
    }

    /// Where it is; null when nobody said.
    pub async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// Who leads it.
    pub async fn staff(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(loaders::one(ctx, self.0.staff_id).await?.map(Person))
    }

    /// Who comes, staff first: everybody for staff; staff and oneself for a guardian.
    #[graphql(directive = list_size::apply(3))]
    pub async fn attendance(&self, ctx: &Context<'_>) -> Result<Vec<Attendance>> {
        let rows = loaders::one(ctx, AttendeesOf(self.0.id)).await?.unwrap_or_default();
        let found = loaders::many(ctx, rows.iter().map(|row| row.person_id).collect()).await?;
        let student = loaders::present(ctx, self.0.student_id).await?;
        let seen = rows.iter().filter(|row| found.contains_key(&row.person_id));
        for guardian in seen.clone().filter(|row| !row.is_staff) {
            Opens::guardian(guardian.board_id, guardian.person_id).note(Call::of(ctx))?;
        }
        Ok(seen.map(|row| Attendance::of_attendee(row, student.school_id)).collect())
    }

    /// Whether it was held.
    pub async fn status(&self) -> OccasionStatus {
        self.0.status.into()
    }

    /// Why it was cancelled; null when it was not, or nobody said.
    pub async fn cancel_reason(&self) -> Option<&str> {
        self.0.cancel_reason.as_deref()
    }

    /// Whether the child was there; null while nobody said.
    #[graphql(name = "isChildPresent")]
    pub async fn child_present(&self) -> Option<bool> {
        self.0.child_present
    }

    /// What was talked about, for the guardians as well; null while nothing is written, and for guardians until
    /// `releasedAt`.
    pub async fn summary(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.summary.as_deref().filter(|_| self.is_open(ctx))
    }

    /// From when on guardians see summary and agreements; null before it is recorded.
    pub async fn released_at(&self) -> Option<DateTime<Utc>> {
        self.0.release_at
    }

    /// What was agreed on, in the order of the record; for guardians empty until `releasedAt`.
    #[graphql(directive = list_size::apply(3))]
    pub async fn agreements(&self, ctx: &Context<'_>) -> Result<Vec<Agreement>> {
        if !self.is_open(ctx) {
            return Ok(Vec::new());
        }
        loaders::list(ctx, AgreementsOf(self.0.id), Agreement).await
    }

    /// The viewer's own note about it, which nobody else ever sees; null when there is none.
    pub async fn private_note(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(loaders::one(ctx, OwnNote(self.0.id)).await?.map(|note| note.text))
    }

    /// Whether the viewer may change, cancel or record it as staff: who leads the school or teaches the group, and is no family
    /// of the child. False once it was cancelled; what was held is only recorded anew.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.0.status != stored::OccasionStatus::Cancelled && works_with(ctx, self.0.student_id).await?)
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
