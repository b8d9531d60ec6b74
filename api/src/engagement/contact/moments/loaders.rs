//! Contact moments, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::contact_moment::Model;
use glans_entity::ids::ContactMomentId;

use super::store;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<ContactMomentId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[ContactMomentId]) -> Result<HashMap<ContactMomentId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
