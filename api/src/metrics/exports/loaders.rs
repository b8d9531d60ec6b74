//! Exports, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::ExportId;
use glans_entity::metrics::export::Model;

use super::actions;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<ExportId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[ExportId]) -> Result<HashMap<ExportId, Model>, BatchError> {
        let rows = actions::own(&self.call, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
