//! Usage of clients, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use glans_entity::identity::api_client_usage::Model;
use glans_entity::ids::ApiClientId;

use super::store;
use crate::loaders::{Batch, BatchError, group};

/// What one client asked for from one day to another, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsageOf {
    pub client: ApiClientId,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

#[async_trait::async_trait]
impl Loader<UsageOf> for Batch {
    type Value = Vec<Model>;
    type Error = BatchError;

    async fn load(&self, of: &[UsageOf]) -> Result<HashMap<UsageOf, Vec<Model>>, BatchError> {
        let mut found: HashMap<UsageOf, Vec<Model>> = HashMap::new();
        for ((from, to), wanted) in group(of.to_vec(), |of| (of.from, of.to)) {
            let ids: Vec<ApiClientId> = wanted.iter().map(|of| of.client).collect();
            let rows = store::between(&*self.call.read().await?, &self.call.scope(), &ids, (from, to)).await?;
            for row in rows {
                found.entry(UsageOf { client: row.client_id, from, to }).or_default().push(row);
            }
        }
        Ok(found)
    }
}
