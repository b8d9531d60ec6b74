//! The line through the year.

use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement;
use glans_entity::ids::{ConversationId, PartnershipId};

use crate::call::Call;
use crate::engagement::conversations::{Conversation, ConversationsOf};
use crate::engagement::partnerships::rules::{self, Step};
use crate::loaders;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::platform::error::Result;
use crate::platform::scalars::LocalDate;
use crate::platform::size::list_size;

/// A step of the line through the year, in its order.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::StepKind")]
pub enum StepKind {
    /// School and guardians tell each other what they expect (*intakegesprek*); for a child that is new.
    Intake,
    /// Teacher, child and guardians talk about what the child wants to learn (*driehoeksgesprek*).
    Expectations,
    /// A goal that the teacher and every guardian agree to. It follows from a conversation and is none itself.
    Goals,
    /// How the goals stand.
    Progress,
    /// Compliments on the effort and the result.
    Closing,
}

/// How far a step is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "rules::StepStatus")]
pub enum StepStatus {
    /// It is to come, and nothing is planned.
    Open,
    /// A conversation for it is planned; for a guardian one with them.
    Scheduled,
    /// It is done with every guardian.
    Done,
    /// It should have been done by `dueOn`, and nothing is planned.
    Overdue,
}

/// A step of a partnership.
pub struct PartnershipStep {
    pub(super) partnership: PartnershipId,
    pub(super) step: Step,
}

/// A step of the line through the year. Told from what happened: nobody sets it.
#[Object]
impl PartnershipStep {
    /// Which step.
    pub async fn kind(&self) -> StepKind {
        self.step.kind.into()
    }

    /// How far it is.
    pub async fn status(&self) -> StepStatus {
        self.step.status.into()
    }

    /// The last day on which it is in time.
    pub async fn due_on(&self) -> Option<LocalDate> {
        Some(LocalDate(self.step.due_on))
    }

    /// When the last guardian was met or agreed; a guardian reads when they themselves were or did. Null until it is done with
    /// every guardian.
    pub async fn done_at(&self) -> Option<DateTime<Utc>> {
        self.step.done_at
    }

    /// The conversation to show: the next one, or the last one held; null when there is none that the viewer may see.
    pub async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
        let seen = loaders::one(ctx, ConversationsOf(self.partnership)).await?.unwrap_or_default();
        let first = |id: &ConversationId| seen.iter().find(|row| row.id == *id).cloned();
        Ok(self.step.conversations.iter().find_map(first).map(Conversation))
    }

    /// The guardians who keep it open: they were not met, or have not agreed. A guardian reads only of themselves.
    #[graphql(directive = list_size::apply(2))]
    pub async fn missing_guardians(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let mut found = loaders::many(ctx, self.step.missing.clone()).await?;
        let guardians: Vec<Person> = self.step.missing.iter().filter_map(|id| found.remove(id)).map(Person).collect();
        for Person(guardian) in &guardians {
            Opens::guardian(guardian.board_id, guardian.id).note(Call::of(ctx))?;
        }
        Ok(guardians)
    }
}
