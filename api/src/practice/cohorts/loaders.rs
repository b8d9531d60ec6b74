//! Cohorts and the schools in them, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{CohortId, SchoolCohortId, SchoolId};
use glans_entity::practice::{cohort, cohort_school};

use super::store;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<CohortId> for Batch {
    type Value = cohort::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[CohortId]) -> Result<HashMap<CohortId, cohort::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<SchoolCohortId> for Batch {
    type Value = cohort_school::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[SchoolCohortId]) -> Result<HashMap<SchoolCohortId, cohort_school::Model>, BatchError> {
        let rows = store::schools_by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The schools of a cohort, those that left among them, in the order in which they joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SchoolsOf(pub CohortId);

#[async_trait::async_trait]
impl Loader<SchoolsOf> for Batch {
    type Value = Vec<cohort_school::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[SchoolsOf]) -> Result<HashMap<SchoolsOf, Vec<cohort_school::Model>>, BatchError> {
        let cohorts: Vec<CohortId> = keys.iter().map(|key| key.0).collect();
        let rows = store::schools_of(&*self.call.read().await?, &self.call.scope(), &cohorts).await?;
        Ok(group(rows, |row| SchoolsOf(row.cohort_id)))
    }
}

/// A school in its cohorts, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CohortsOf(pub SchoolId);

#[async_trait::async_trait]
impl Loader<CohortsOf> for Batch {
    type Value = Vec<cohort_school::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[CohortsOf]) -> Result<HashMap<CohortsOf, Vec<cohort_school::Model>>, BatchError> {
        let schools: Vec<SchoolId> = keys.iter().map(|key| key.0).collect();
        let rows = store::of_schools(&*self.call.read().await?, &self.call.scope(), &schools).await?;
        Ok(group(rows, |row| CohortsOf(row.school_id)))
    }
}
