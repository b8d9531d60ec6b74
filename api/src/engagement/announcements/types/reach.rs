//! Whom an announcement reached, and what they did with it.

use async_graphql::{Context, Enum, Object, SimpleObject};
use glans_entity::engagement::recipient;
use glans_entity::ids::AnnouncementId;
use glans_entity::people::person;

use crate::engagement::announcements::loaders::ConfidedTo;
use crate::engagement::announcements::reach;
use crate::engagement::audience::{Receipt, children_of};
use crate::loaders;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::{Error, Result};
use crate::platform::size::list_size;

/// How many guardians an announcement reached, each once however many children it is about (*bereik*). Members of staff whom
/// it reached as such are not counted. Seen by the staff of its places.
#[derive(SimpleObject)]
pub struct Reach {
    /// Guardians whom it is for.
    recipients: i32,
    /// Those with a device or mailbox that has it.
    delivered: i32,
    /// Those who have read it as it is now: after a correction, again.
    read: i32,
    /// Those who confirmed it.
    acknowledged: i32,
    /// Those without a login and without an e-mail address: somebody has to tell them.
    unreachable: i32,
}

impl TryFrom<reach::Counts> for Reach {
    type Error = Error;

    fn try_from(counts: reach::Counts) -> Result<Self> {
        let count = |count: i64| i32::try_from(count).map_err(Error::fault);
        Ok(Self {
            recipients: count(counts.recipients)?,
            delivered: count(counts.delivered)?,
            read: count(counts.read)?,
            acknowledged: count(counts.acknowledged)?,
            unreachable: count(counts.unreachable)?,
        })
    }
}

/// Which of those whom an announcement reached.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptState {
    /// Who has not read it, or not since it was corrected.
    Unread,
    /// Who has read it as it is now.
    Read,
    /// Who has not confirmed it.
    Open,
    /// Who has confirmed it.
    Acknowledged,
}

impl From<ReceiptState> for reach::State {
    fn from(state: ReceiptState) -> Self {
        match state {
            ReceiptState::Unread => Self::Unread,
            ReceiptState::Read => Self::Read,
            ReceiptState::Open => Self::Open,
            ReceiptState::Acknowledged => Self::Acknowledged,
        }
    }
}

pub struct GuardianReceipt {
    pub(super) of: AnnouncementId,
    pub(super) guardian: person::Model,
}

impl GuardianReceipt {
    async fn rows(&self, ctx: &Context<'_>) -> Result<Vec<recipient::Model>> {
        Ok(loaders::one(ctx, ConfidedTo(self.of, self.guardian.id)).await?.unwrap_or_default())
    }
}

/// A guardian whom an announcement reached, and what they did with it. Seen by who leads the school or teaches the class
/// group of the children in it.
#[Object]
impl GuardianReceipt {
    /// Whom it reached.
    pub async fn guardian(&self) -> Person {
        Person(self.guardian.clone())
    }

    /// About which children, as far as they are the viewer's to teach or lead.
    #[graphql(directive = list_size::apply(2))]
    pub async fn students(&self, ctx: &Context<'_>) -> Result<Vec<Student>> {
        children_of(ctx, &self.rows(ctx).await?).await
    }

    /// What they did with it.
    pub async fn receipt(&self, ctx: &Context<'_>) -> Result<Receipt> {
        Ok(Receipt::of(&self.rows(ctx).await?).unwrap_or_default())
    }
}
