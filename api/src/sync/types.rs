//! What an app reads of a sync.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};

use super::cursor::Position;
use super::mark;
use crate::call::Call;
use crate::node::Node;
use crate::platform::error::Result;

/// What to do with the app's copy of a node.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeOperation {
    /// Put `node` in place of what the app has under this id, or add it.
    Upsert,
    /// Wipe what the app has under this id; there may be nothing.
    Delete,
}

/// Why a node is to be wiped.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeReason {
    /// It does not exist any more.
    Deleted,
    /// The viewer may not see it any more, or it is no longer part of what is synced.
    Access,
}

/// A change of one node.
#[derive(SimpleObject)]
pub struct Change {
    /// The id of the node.
    pub id: ID,
    /// What to do with the app's copy.
    pub operation: ChangeOperation,
    /// Why it is to be wiped; null on an UPSERT.
    pub reason: Option<ChangeReason>,
    /// The node as it is now; null on a DELETE.
    pub node: Option<Node>,
}

/// A page of changes. Apply them in their order, then keep the cursor; applying a page twice changes nothing.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ChangeSet {
    /// The changes, in the order of commits; what others refer to comes before them. May be empty while `hasMore`.
    pub changes: Vec<Change>,
    /// Where to go on: keep it with what was applied, and give it as `since`. It lives 90 days.
    pub cursor: String,
    /// Whether there is more to fetch right away.
    pub has_more: bool,
    /// The app's copy is of no use any more: wipe all of it and go on from `cursor`. Then a cursor was older than 90 days,
    /// or it is that of another account or board.
    pub reset_required: bool,
    /// Up to where the log is applied with this page; none before it is begun.
    #[graphql(skip)]
    pub(super) applied: Option<Position>,
}

#[ComplexObject]
impl ChangeSet {
    /// Whether the app has all that was written before this mark, once this page is applied. Until then, what the app
    /// shows of its own writing is ahead of its copy.
    async fn includes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`syncCursor` of the payload of a mutation.")] sync_cursor: String,
    ) -> Result<bool> {
        let written = mark::open(&Call::of(ctx).app().identity.master, &sync_cursor)?;
        Ok(self.applied.is_some_and(|applied| applied >= written))
    }
}
