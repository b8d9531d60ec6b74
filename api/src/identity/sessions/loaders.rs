//! The viewer's own sessions, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::identity::session::Model;
use glans_entity::ids::SessionId;

use super::actions;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<SessionId> for Batch {
    type Value = Model;
    type Error = BatchError;

    /// Those of others are not there.
    async fn load(&self, ids: &[SessionId]) -> Result<HashMap<SessionId, Model>, BatchError> {
        let Some(account) = self.call.scope().account else { return Ok(HashMap::new()) };
        let open = actions::open_ones(&self.call, account).await?;
        Ok(open.into_iter().filter(|row| ids.contains(&row.id)).map(|row| (row.id, row)).collect())
    }
}
