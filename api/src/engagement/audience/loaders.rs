//! Audiences and own receipts, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{audience_target, recipient};
use uuid::Uuid;

use super::store;
use crate::loaders::{Batch, BatchError, group};

/// The places that an item is for and is not for. Only for who sees the item as staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TargetsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<TargetsOf> for Batch {
    type Value = Vec<audience_target::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[TargetsOf]) -> Result<HashMap<TargetsOf, Vec<audience_target::Model>>, BatchError> {
        let items: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::targets_of(&*self.call.read().await?, &self.call.scope(), &items).await?;
        Ok(group(rows, |row| TargetsOf(row.item_id)))
    }
}

/// The viewer's own rows of an item, one per child that is in sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnReceipt(pub Uuid);

#[async_trait::async_trait]
impl Loader<OwnReceipt> for Batch {
    type Value = Vec<recipient::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[OwnReceipt]) -> Result<HashMap<OwnReceipt, Vec<recipient::Model>>, BatchError> {
        let items: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::own(&*self.call.read().await?, &self.call.scope(), &items).await?;
        Ok(group(rows, |row| OwnReceipt(row.item_id)))
    }
}
