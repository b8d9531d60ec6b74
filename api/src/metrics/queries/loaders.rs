//! Lines of the log, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::MetricQueryId;
use glans_entity::metrics::query::Model;

use super::store;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<MetricQueryId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[MetricQueryId]) -> Result<HashMap<MetricQueryId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
