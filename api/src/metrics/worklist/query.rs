//! Reading the worklist.

use async_graphql::{Context, ID, Object};

use super::reading;
use super::types::{WorklistItem, WorklistKind};
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::size::list_size;

/// The root field that reads who is missing.
#[derive(Default)]
pub struct WorklistQuery;

#[Object]
impl WorklistQuery {
    /// The students of a class group of whom something is missing on the way to everybody, by name. For who teaches the group
    /// and who leads its school: nobody else is told names. `NOT_FOUND` for any other group.
    #[graphql(directive = list_size::apply(25))]
    async fn worklist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is missing.")] kind: WorklistKind,
        #[graphql(desc = "The class group.")] class_group: ID,
    ) -> Result<Vec<WorklistItem>> {
        let items = reading::of_group(Call::of(ctx), kind.into(), &class_group).await?;
        Ok(items.into_iter().map(WorklistItem).collect())
    }
}
