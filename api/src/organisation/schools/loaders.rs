//! Schools, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::SchoolId;
use glans_entity::organisation::school::Model;

use super::store;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<SchoolId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[SchoolId]) -> Result<HashMap<SchoolId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
