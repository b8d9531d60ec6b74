//! Persons, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::PersonId;
use glans_entity::people::person::Model;

use super::store;
use crate::loaders::{Batch, BatchError};
use crate::people::places::{self, Capacity};

#[async_trait::async_trait]
impl Loader<PersonId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[PersonId]) -> Result<HashMap<PersonId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// As what a person is in the board, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CapacitiesOf(pub PersonId);

#[async_trait::async_trait]
impl Loader<CapacitiesOf> for Batch {
    type Value = Vec<Capacity>;
    type Error = BatchError;

    async fn load(&self, keys: &[CapacitiesOf]) -> Result<HashMap<CapacitiesOf, Vec<Capacity>>, BatchError> {
        let ids: Vec<PersonId> = keys.iter().map(|of| of.0).collect();
        let capacities = places::capacities(&*self.call.read().await?, self.call.today(), &ids).await?;
        Ok(capacities.into_iter().map(|(id, capacities)| (CapacitiesOf(id), capacities)).collect())
    }
}
