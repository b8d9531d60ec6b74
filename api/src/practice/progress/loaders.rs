//! How far lessons are, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::SchoolCohortId;
use glans_entity::practice::lesson_progress;

use super::store;
use crate::loaders::{Batch, BatchError, group};

/// How far each lesson is at a school of which anything is told, in no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProgressOf(pub SchoolCohortId);

#[async_trait::async_trait]
impl Loader<ProgressOf> for Batch {
    type Value = Vec<lesson_progress::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[ProgressOf]) -> Result<HashMap<ProgressOf, Vec<lesson_progress::Model>>, BatchError> {
        let schools: Vec<SchoolCohortId> = keys.iter().map(|key| key.0).collect();
        let rows = store::of_schools(&*self.call.read().await?, &self.call.scope(), &schools).await?;
        Ok(group(rows, |row| ProgressOf(row.cohort_school_id)))
    }
}
