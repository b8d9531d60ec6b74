//! Team sessions, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{SchoolCohortId, TeamSessionId};
use glans_entity::practice::team_session;

use super::store;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<TeamSessionId> for Batch {
    type Value = team_session::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[TeamSessionId]) -> Result<HashMap<TeamSessionId, team_session::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The sessions of a school in a cohort, earliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionsOf(pub SchoolCohortId);

#[async_trait::async_trait]
impl Loader<SessionsOf> for Batch {
    type Value = Vec<team_session::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[SessionsOf]) -> Result<HashMap<SessionsOf, Vec<team_session::Model>>, BatchError> {
        let schools: Vec<SchoolCohortId> = keys.iter().map(|key| key.0).collect();
        let rows = store::of_schools(&*self.call.read().await?, &self.call.scope(), &schools).await?;
        Ok(group(rows, |row| SessionsOf(row.cohort_school_id)))
    }
}
