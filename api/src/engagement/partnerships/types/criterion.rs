//! The criteria of the 100 % line.

use async_graphql::{Context, Enum, Object};
use glans_entity::ids::ConversationId;

use crate::engagement::conversations::Conversation;
use crate::engagement::partnerships::criteria::{self, Criterion};
use crate::loaders;
use crate::node::Node;
use crate::platform::error::Result;
use crate::platform::scalars::LocalDate;

/// What has to hold for a child to count as engaged.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "criteria::CriterionKind")]
pub enum CriterionKind {
    /// A guardian can be reached now.
    Contactable,
    /// The conversation at the start was held with every guardian, and there is a goal.
    StartConversationWithGoal,
    /// School and guardians were in contact both ways in every term that is over.
    TwoWay,
    /// Guardians and teacher trust each other, by their latest pulses of the last 120 days.
    MutualTrust,
    /// No concern is open for longer than 10 working days.
    NoOpenConcern,
    /// The conversation at the end was held with every guardian, and every goal is marked.
    Closing,
}

/// Whether a criterion holds.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "criteria::CriterionStatus")]
pub enum CriterionStatus {
    /// It holds.
    Met,
    /// It is due and does not hold.
    NotYet,
    /// Nobody can tell yet. It counts as not met.
    Unknown,
    /// It does not hold, and need not yet.
    NotDue,
}

/// A criterion of a partnership.
pub struct SuccessCriterion {
    pub(super) criterion: Criterion,
    pub(super) evidence: Option<ConversationId>,
}

/// One of the six criteria of the 100 % line. Told from what happened: nobody sets it.
#[Object]
impl SuccessCriterion {
    /// Which criterion.
    pub async fn kind(&self) -> CriterionKind {
        self.criterion.kind.into()
    }

    /// Whether it holds.
    pub async fn status(&self) -> CriterionStatus {
        self.criterion.status.into()
    }

    /// The last day on which it is in time; null when it holds or not at any time.
    pub async fn due_on(&self) -> Option<LocalDate> {
        self.criterion.due_on.map(LocalDate)
    }

    /// What shows it, as a conversation; null when there is nothing to show that the viewer may see.
    pub async fn evidence(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(conversation) = self.evidence else { return Ok(None) };
        Ok(loaders::one(ctx, conversation).await?.map(|row| Conversation(row).into()))
    }
}
