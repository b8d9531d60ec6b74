//! API clients and their secrets, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::identity::api_client;
use glans_entity::identity::api_client_secret::Model;
use glans_entity::ids::ApiClientId;

use super::store;
use crate::loaders::{Batch, BatchError};

/// The secrets of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SecretsOf(pub ApiClientId);

#[async_trait::async_trait]
impl Loader<SecretsOf> for Batch {
    type Value = Vec<Model>;
    type Error = BatchError;

    async fn load(&self, of: &[SecretsOf]) -> Result<HashMap<SecretsOf, Vec<Model>>, BatchError> {
        let ids: Vec<ApiClientId> = of.iter().map(|of| of.0).collect();
        let mut found: HashMap<SecretsOf, Vec<Model>> = HashMap::new();
        for row in store::secrets(&*self.call.read().await?, &self.call.scope(), &ids).await? {
            found.entry(SecretsOf(row.client_id)).or_default().push(row);
        }
        Ok(found)
    }
}

#[async_trait::async_trait]
impl Loader<ApiClientId> for Batch {
    type Value = api_client::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[ApiClientId]) -> Result<HashMap<ApiClientId, api_client::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
