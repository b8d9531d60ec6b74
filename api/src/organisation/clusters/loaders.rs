//! Clusters, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::ClusterId;
use glans_entity::organisation::cluster::Model;

use super::store;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<ClusterId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[ClusterId]) -> Result<HashMap<ClusterId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
