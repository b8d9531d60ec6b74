//! Goals and who agrees to them, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{goal, goal_agreement};
use glans_entity::ids::{GoalId, PartnershipId};

use super::store;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<GoalId> for Batch {
    type Value = goal::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[GoalId]) -> Result<HashMap<GoalId, goal::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The goals of a partnership, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GoalsOf(pub PartnershipId);

#[async_trait::async_trait]
impl Loader<GoalsOf> for Batch {
    type Value = Vec<goal::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[GoalsOf]) -> Result<HashMap<GoalsOf, Vec<goal::Model>>, BatchError> {
        let partnerships: Vec<PartnershipId> = keys.iter().map(|key| key.0).collect();
        let rows = store::of_partnerships(&*self.call.read().await?, &self.call.scope(), &partnerships).await?;
        Ok(group(rows, |row| GoalsOf(row.partnership_id)))
    }
}

/// Who agrees to a goal, in the order in which they did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgreementsTo(pub GoalId);

#[async_trait::async_trait]
impl Loader<AgreementsTo> for Batch {
    type Value = Vec<goal_agreement::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[AgreementsTo],
    ) -> Result<HashMap<AgreementsTo, Vec<goal_agreement::Model>>, BatchError> {
        let goals: Vec<GoalId> = keys.iter().map(|key| key.0).collect();
        let rows = store::agreements_to(&*self.call.read().await?, &self.call.scope(), &goals).await?;
        Ok(group(rows, |row| AgreementsTo(row.goal_id)))
    }
}
