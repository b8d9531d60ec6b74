//! What was given up, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::DeliveryId;
use glans_entity::notifications::delivery::Model;

use super::store;
use crate::loaders::{Batch, BatchError};

/// A delivery that was given up; none of one that is under way or arrived.
#[async_trait::async_trait]
impl Loader<DeliveryId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[DeliveryId]) -> Result<HashMap<DeliveryId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
