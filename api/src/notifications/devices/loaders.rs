//! The viewer's own devices, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::DeviceId;
use glans_entity::notifications::device::Model;

use super::store;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<DeviceId> for Batch {
    type Value = Model;
    type Error = BatchError;

    /// Those of others are not there.
    async fn load(&self, ids: &[DeviceId]) -> Result<HashMap<DeviceId, Model>, BatchError> {
        let Some(account) = self.call.scope().account else { return Ok(HashMap::new()) };
        let own = store::of_account(&*self.call.read().await?, account, self.call.now()).await?;
        Ok(own.into_iter().filter(|row| ids.contains(&row.id)).map(|row| (row.id, row)).collect())
    }
}
