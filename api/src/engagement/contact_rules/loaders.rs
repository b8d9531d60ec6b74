//! The rules of schools, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::contact_rules;
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::scope::Scope;

use super::store;
use crate::loaders::{Batch, BatchError};

/// The rules of a school of a board. Past the scope: who sees a thread or the school of it is told by its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RulesOf(pub BoardId, pub SchoolId);

#[async_trait::async_trait]
impl Loader<RulesOf> for Batch {
    type Value = contact_rules::Model;
    type Error = BatchError;

    async fn load(&self, keys: &[RulesOf]) -> Result<HashMap<RulesOf, contact_rules::Model>, BatchError> {
        let schools: Vec<_> = keys.iter().map(|key| (key.0, key.1)).collect();
        let everywhere = Scope::system(self.call.today());
        let rows = store::of_schools(&*self.call.read().await?, &everywhere, &schools).await?;
        Ok(rows.into_values().map(|row| (RulesOf(row.board_id, row.school_id), row)).collect())
    }
}
