//! Experiences and comments, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{CohortId, CommentId, ExperienceId, SchoolCohortId};
use glans_entity::practice::{comment, experience};

use super::store;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<ExperienceId> for Batch {
    type Value = experience::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[ExperienceId]) -> Result<HashMap<ExperienceId, experience::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<CommentId> for Batch {
    type Value = comment::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[CommentId]) -> Result<HashMap<CommentId, comment::Model>, BatchError> {
        let rows = store::comments_by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The experiences of a school in a cohort, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExperiencesOf(pub SchoolCohortId);

#[async_trait::async_trait]
impl Loader<ExperiencesOf> for Batch {
    type Value = Vec<experience::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[ExperiencesOf]) -> Result<HashMap<ExperiencesOf, Vec<experience::Model>>, BatchError> {
        let schools: Vec<SchoolCohortId> = keys.iter().map(|key| key.0).collect();
        let rows = store::of_schools(&*self.call.read().await?, &self.call.scope(), &schools).await?;
        Ok(group(rows, |row| ExperiencesOf(row.cohort_school_id)))
    }
}

/// What the schools of a cohort shared with each other, in the order in which it was shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SharedIn(pub CohortId);

#[async_trait::async_trait]
impl Loader<SharedIn> for Batch {
    type Value = Vec<experience::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[SharedIn]) -> Result<HashMap<SharedIn, Vec<experience::Model>>, BatchError> {
        let cohorts: Vec<CohortId> = keys.iter().map(|key| key.0).collect();
        let rows = store::shared_in(&*self.call.read().await?, &self.call.scope(), &cohorts).await?;
        Ok(group(rows, |row| SharedIn(row.cohort_id)))
    }
}
