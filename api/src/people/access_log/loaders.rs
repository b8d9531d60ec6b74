//! Lines of the log and who stands in them, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{AccessLogEntryId, PersonId};
use glans_entity::people::access_log::Model;
use glans_entity::scope::Scope;

use super::store;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<AccessLogEntryId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[AccessLogEntryId]) -> Result<HashMap<AccessLogEntryId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The name to show of somebody who stands in a log that the viewer may read. Past the scope: a family does not see an
/// administrator otherwise, and is to know who looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ReaderName(pub PersonId);

#[async_trait::async_trait]
impl Loader<ReaderName> for Batch {
    type Value = String;
    type Error = BatchError;

    async fn load(&self, keys: &[ReaderName]) -> Result<HashMap<ReaderName, String>, BatchError> {
        let persons: Vec<PersonId> = keys.iter().map(|key| key.0).collect();
        let everywhere = Scope::system(self.call.today());
        let names = store::names(&*self.call.read().await?, &everywhere, &persons).await?;
        Ok(names.into_iter().map(|(person, name)| (ReaderName(person), name)).collect())
    }
}
