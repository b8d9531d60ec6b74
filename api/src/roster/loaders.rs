//! Imports, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::RosterImportId;
use glans_entity::roster::roster_import::Model;

use super::store;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<RosterImportId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[RosterImportId]) -> Result<HashMap<RosterImportId, Model>, BatchError> {
        let rows = store::imports_by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
