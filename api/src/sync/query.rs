//! Following what changes.

use async_graphql::{Context, Object};

use super::kinds::{ChangeType, Kinds};
use super::types::ChangeSet;
use super::{pull, rules};
use crate::call::Call;
use crate::platform::error::Result;

/// The root fields of the sync.
#[derive(Default)]
pub struct SyncQuery;

#[Object]
impl SyncQuery {
    /// What changed for the viewer since a cursor, for an app that keeps a copy: all that the viewer may see, and what is
    /// to be wiped because it is gone or out of sight. Nothing is skipped. For persons; an API client gets FORBIDDEN.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor of the last page that was applied; all that is in sight when null.")]
        since: Option<String>,
        #[graphql(desc = "Changes in this page at most, 1 to 500; 100 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only these types; all when null. A cursor goes with the types that it was made with.")]
        types: Option<Vec<ChangeType>>,
    ) -> Result<ChangeSet> {
        Call::of(ctx).person()?;
        let most = rules::size(first)?;
        pull::page(ctx, since.as_deref(), most, Kinds::of(types.as_deref())).await
    }
}
