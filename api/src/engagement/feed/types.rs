//! Something in the list of what is addressed to a person.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, RecipientKind, recipient};
use glans_entity::ids::{AnnouncementId, BookingRoundId, EventId, SurveyId, ThreadId};

use super::store::Entry;
use crate::engagement::audience::OwnReceipt;
use crate::loaders;
use crate::node::{self, Node};
use crate::payload;
use crate::people::students::Student;
use crate::platform::error::Result;
use crate::platform::size::list_size;

/// What something in the list is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::RecipientKind")]
pub enum FeedKind {
    /// An announcement.
    Announcement,
    /// Something to come to.
    Event,
    /// Questions.
    Survey,
    /// A time in which to book a conversation.
    BookingRound,
    /// Messages with the school; it stands where its last message came.
    Thread,
}

/// Something in the list.
pub struct FeedItem(pub Entry);

/// Something that is addressed to the viewer (*bericht*): one item, however many children or schools it concerns.
#[Object]
impl FeedItem {
    /// What it is.
    pub async fn kind(&self) -> FeedKind {
        self.0.kind.into()
    }

    /// Where it stands in the list: when it came, or changed so that it is to be read again.
    pub async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// The thing itself; null when the viewer may not see it any more.
    pub async fn node(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let prefix = match self.0.kind {
            RecipientKind::Announcement => AnnouncementId::PREFIX,
            RecipientKind::Event => EventId::PREFIX,
            RecipientKind::Survey => SurveyId::PREFIX,
            RecipientKind::BookingRound => BookingRoundId::PREFIX,
            RecipientKind::Thread => ThreadId::PREFIX,
        };
        Ok(node::of_type(ctx, prefix, &[self.0.item_id]).await?.pop().flatten())
    }

    /// The own children whom it concerns, by name; none for who is addressed as a member of staff.
    #[graphql(directive = list_size::apply(2))]
    pub async fn students(&self, ctx: &Context<'_>) -> Result<Vec<Student>> {
        let rows = self.receipts(ctx).await?;
        let children = rows.iter().map(|row| row.student_id).filter(|id| *id != recipient::AS_STAFF).collect();
        let mut found: Vec<_> = loaders::many(ctx, children).await?.into_values().collect();
        found.sort_by_cached_key(|student| (student.display_name.clone(), student.id));
        Ok(found.into_iter().map(Student).collect())
    }

    /// Whether the viewer has read it since it took its place in the list.
    pub async fn is_read(&self, ctx: &Context<'_>) -> Result<bool> {
        let rows = self.receipts(ctx).await?;
        Ok(rows.iter().all(|row| row.read_at.is_some_and(|read| row.at <= read)))
    }
}

impl FeedItem {
    async fn receipts(&self, ctx: &Context<'_>) -> Result<Vec<recipient::Model>> {
        Ok(loaders::one(ctx, OwnReceipt(self.0.item_id)).await?.unwrap_or_default())
    }
}

/// What was read.
#[derive(InputObject)]
pub struct FeedReadInput {
    /// Ids of announcements, events, surveys, booking rounds and threads, 1 to 100.
    pub ids: Vec<ID>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// How many items are left to read.
pub struct Unread(pub i32);

impl From<i32> for Unread {
    fn from(count: i32) -> Self {
        Self(count)
    }
}

/// What of the list is left to read.
#[Object]
impl Unread {
    /// How many items.
    pub async fn count(&self) -> i32 {
        self.0
    }
}

payload! {
    /// The answer to `feedRead`.
    FeedReadPayload {
        /// What is left to read; null when refused.
        unread: Unread
    }
}
