//! The conversation, and the inputs and payloads of its mutations.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, conversation};

use super::loaders::OwnNote;
use super::{AgreementsOf, AttendeesOf, rules};
use crate::call::Call;
use crate::engagement::agreements::Agreement;
use crate::engagement::partnerships::Partnership;
use crate::engagement::partnerships::types::StepKind;
use crate::loaders;
use crate::payload;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::Result;
use crate::platform::scalars::LocalDate;
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

/// A new conversation.
#[derive(InputObject)]
pub struct ConversationScheduleInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7; made by the server when absent.
    pub id: Option<ID>,
    /// About which child.
    pub student: ID,
    /// For which step: INTAKE for a child that is new, EXPECTATIONS, PROGRESS or CLOSING.
    pub kind: StepKind,
    /// When it begins, from 2000 to 2099, in a school year in which the child is in a class group.
    pub starts_at: DateTime<Utc>,
    /// When it ends: later than it begins, within 24 hours.
    pub ends_at: DateTime<Utc>,
    /// How it is held.
    pub mode: ConversationMode,
    /// Where it is, at most 200 characters.
    pub location: Option<String>,
    /// The guardians who are invited, at access FULL; all of them when absent. Guardians who talk apart are invited alone.
    pub guardians: Option<Vec<ID>>,
    /// Who leads it: somebody who leads the school or teaches the child, and was never a guardian of it; the viewer when absent.
    pub staff: Option<ID>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Changes to a planned conversation. What is absent stays.
#[derive(InputObject)]
pub struct ConversationUpdateInput {
    /// Which conversation.
    pub id: ID,
    /// When it begins, from 2000 to 2099, in a school year in which the child is in a class group. Without `endsAt` it stays as
    /// long as it was.
    pub starts_at: Option<DateTime<Utc>>,
    /// When it ends: later than it begins, within 24 hours.
    pub ends_at: Option<DateTime<Utc>>,
    /// How it is held.
    pub mode: Option<ConversationMode>,
    /// Where it is, at most 200 characters; empty to take it away.
    pub location: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Whether somebody was there.
#[derive(InputObject, Clone, Debug)]
pub struct ConversationPresenceInput {
    /// Who, of those who were invited.
    pub person: ID,
    /// Whether the person was there.
    pub status: ConversationPresence,
}

/// Something that was agreed on.
#[derive(InputObject, Clone, Debug)]
pub struct AgreementInput {
    /// Which one of an earlier record it was; absent for a new one. One that is not named any more is gone, and one whose
    /// words change is a new one to confirm.
    pub id: Option<ID>,
    /// What was agreed on, 1 to 500 characters.
    pub text: String,
    /// Until when; null when nothing was said.
    pub due_on: Option<LocalDate>,
}

/// How a conversation went. What is absent stays as it was recorded.
#[derive(InputObject)]
pub struct ConversationRecordInput {
    /// Which conversation. It has begun.
    pub id: ID,
    /// Who was there, at least one the first time; guardians who are not named then were absent. Later only those that change.
    pub attendance: Vec<ConversationPresenceInput>,
    /// Whether the child was there.
    pub child_present: Option<bool>,
    /// What was talked about, for the guardians as well, at most 4,000 characters; empty to take it away.
    pub summary: Option<String>,
    /// From when on guardians see summary and agreements, within 14 days; now for at once. 24 hours after the record when
    /// absent. What they have seen is not taken back.
    pub release_at: Option<DateTime<Utc>>,
    /// What was agreed on: these and no others, at most 10.
    pub agreements: Option<Vec<AgreementInput>>,
    /// Goals that were agreed on, at most 10; the viewer agrees to them, guardians are still to.
    pub goals: Option<Vec<String>>,
    /// A note for the viewer alone, at most 4,000 characters; empty to take it away.
    pub private_note: Option<String>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// A conversation that does not take place.
#[derive(InputObject)]
pub struct ConversationCancelInput {
    /// Which conversation.
    pub id: ID,
    /// Why, at most 500 characters; guardians read it.
    pub reason: Option<String>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// An answer to an invitation.
#[derive(InputObject)]
pub struct ConversationRespondInput {
    /// Which conversation.
    pub id: ID,
    /// Whether the viewer is to come.
    pub answer: OccasionAnswer,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `conversationSchedule`.
    ConversationSchedulePayload {
        /// The new conversation; null when refused.
        conversation: Conversation
    }
}

payload! {
    /// The answer to `conversationUpdate`.
    ConversationUpdatePayload {
        /// The conversation as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        conversation: Conversation
    }
}

payload! {
    /// The answer to `conversationRecord`.
    ConversationRecordPayload {
        /// The conversation as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        conversation: Conversation
    }
}

payload! {
    /// The answer to `conversationCancel`.
    ConversationCancelPayload {
        /// The cancelled conversation; null when refused.
        conversation: Conversation
    }
}

payload! {
    /// The answer to `conversationRespond`.
    ConversationRespondPayload {
        /// The conversation as it is now; null when refused.
        conversation: Conversation
    }
}
