//! An item of the worklist.

use async_graphql::{Context, Enum, Object};

use super::reading::{About, Item, Missing};
use crate::engagement::agreements::Agreement;
use crate::engagement::partnerships::Partnership;
use crate::engagement::partnerships::types::CriterionKind;
use crate::engagement::threads::Thread;
use crate::loaders;
use crate::node::Node;
use crate::people::access_log::Opens;
use crate::people::students::Student;
use crate::platform::error::Result;
use crate::platform::scalars::LocalDate;
use crate::platform::size::list_size;

/// What is missing.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "Missing")]
pub enum WorklistKind {
    /// A criterion of the 100 % line is due and not met, or not known.
    NotYet,
    /// Nothing reaches the family.
    Unreachable,
    /// A guardian waits for an answer in a thread.
    Unanswered,
    /// The day of an agreement is over, and nobody said whether it was kept.
    OverdueAgreement,
}

pub struct WorklistItem(pub(super) Item);

/// A student of whom something is missing.
#[Object(guard = "Opens::child(self.0.student.board_id, self.0.student.id)")]
impl WorklistItem {
    /// Of whom.
    pub async fn student(&self) -> Student {
        Student(self.0.student.clone())
    }

    /// For `NOT_YET` and `UNREACHABLE`: the criteria that are due and not met, or not known; else empty.
    #[graphql(directive = list_size::apply(3))]
    pub async fn criteria(&self) -> Vec<CriterionKind> {
        self.0.criteria.iter().copied().map(Into::into).collect()
    }

    /// What to open: the partnership, thread or agreement; null when the viewer may not see it.
    pub async fn about(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        Ok(match self.0.about {
            None => None,
            Some(About::Partnership(id)) => loaders::one(ctx, id).await?.map(|row| Partnership(row).into()),
            Some(About::Thread(id)) => loaders::one(ctx, id).await?.map(|row| Thread(row).into()),
            Some(About::Agreement(id)) => loaders::one(ctx, id).await?.map(|row| Agreement(row).into()),
        })
    }

    /// Since when the guardian waits, or by when it was due; null when it is due at no time.
    pub async fn since(&self) -> Option<LocalDate> {
        self.0.since.map(LocalDate)
    }
}
