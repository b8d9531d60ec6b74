//! Students, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::StudentId;
use glans_entity::people::student::Model;

use super::store;
use crate::access::Place;
use crate::loaders::{Batch, BatchError};
use crate::people::places;

#[async_trait::async_trait]
impl Loader<StudentId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[StudentId]) -> Result<HashMap<StudentId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Where a student is today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlaceOf(pub StudentId);

#[async_trait::async_trait]
impl Loader<PlaceOf> for Batch {
    type Value = Place;
    type Error = BatchError;

    async fn load(&self, keys: &[PlaceOf]) -> Result<HashMap<PlaceOf, Place>, BatchError> {
        let db = self.call.read().await?;
        let ids: Vec<StudentId> = keys.iter().map(|of| of.0).collect();
        let students = store::by_ids(&*db, &self.call.scope(), &ids).await?;
        let places = places::of_students(&*db, self.call.today(), &students).await?;
        Ok(places.into_iter().map(|(id, place)| (PlaceOf(id), place)).collect())
    }
}
