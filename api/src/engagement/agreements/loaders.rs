//! Agreements and what guardians say to them, by the batch.

use std::collections::{HashMap, HashSet};

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{agreement, agreement_confirmation};
use glans_entity::ids::{AgreementId, ConversationId};

use super::store;
use crate::engagement::conversations;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<AgreementId> for Batch {
    type Value = agreement::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[AgreementId]) -> Result<HashMap<AgreementId, agreement::Model>, BatchError> {
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let rows = store::by_ids(&*db, &scope, ids).await?;
        let held: Vec<ConversationId> = rows.iter().map(|row| row.conversation_id).collect();
        let held = conversations::store::by_ids(&*db, &scope, &held).await?;
        let open: HashSet<ConversationId> = held
            .iter()
            .filter(|row| conversations::rules::is_open(row, &scope, self.call.now()))
            .map(|row| row.id)
            .collect();
        Ok(rows.into_iter().filter(|row| open.contains(&row.conversation_id)).map(|row| (row.id, row)).collect())
    }
}

/// What guardians say to an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConfirmationsOf(pub AgreementId);

#[async_trait::async_trait]
impl Loader<ConfirmationsOf> for Batch {
    type Value = Vec<agreement_confirmation::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[ConfirmationsOf],
    ) -> Result<HashMap<ConfirmationsOf, Vec<agreement_confirmation::Model>>, BatchError> {
        let ids: Vec<AgreementId> = keys.iter().map(|key| key.0).collect();
        let rows = store::confirmations(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(group(rows, |row| ConfirmationsOf(row.agreement_id)))
    }
}
