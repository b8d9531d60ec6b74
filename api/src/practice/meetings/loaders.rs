//! Meetings and their lessons, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{CohortId, MeetingId};
use glans_entity::practice::{meeting, meeting_lesson};

use super::store;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<MeetingId> for Batch {
    type Value = meeting::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[MeetingId]) -> Result<HashMap<MeetingId, meeting::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The lessons of a meeting, in the order of the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LessonsOf(pub MeetingId);

#[async_trait::async_trait]
impl Loader<LessonsOf> for Batch {
    type Value = Vec<meeting_lesson::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[LessonsOf]) -> Result<HashMap<LessonsOf, Vec<meeting_lesson::Model>>, BatchError> {
        let meetings: Vec<MeetingId> = keys.iter().map(|key| key.0).collect();
        let rows = store::lessons_of(&*self.call.read().await?, &self.call.scope(), &meetings).await?;
        Ok(group(rows, |row| LessonsOf(row.meeting_id)))
    }
}

/// All meetings of a cohort, earliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MeetingsOf(pub CohortId);

#[async_trait::async_trait]
impl Loader<MeetingsOf> for Batch {
    type Value = Vec<meeting::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[MeetingsOf]) -> Result<HashMap<MeetingsOf, Vec<meeting::Model>>, BatchError> {
        let cohorts: Vec<CohortId> = keys.iter().map(|key| key.0).collect();
        let rows = store::of_cohorts(&*self.call.read().await?, &self.call.scope(), &cohorts).await?;
        Ok(group(rows, |row| MeetingsOf(row.cohort_id)))
    }
}
