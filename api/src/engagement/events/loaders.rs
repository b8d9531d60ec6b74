//! Events and answers, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{event, event_response};
use glans_entity::ids::EventId;
use glans_entity::scope::Scope;

use super::store;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<EventId> for Batch {
    type Value = event::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[EventId]) -> Result<HashMap<EventId, event::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// What the viewer answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnAnswer(pub EventId);

#[async_trait::async_trait]
impl Loader<OwnAnswer> for Batch {
    type Value = event_response::Model;
    type Error = BatchError;

    async fn load(&self, keys: &[OwnAnswer]) -> Result<HashMap<OwnAnswer, event_response::Model>, BatchError> {
        let events: Vec<EventId> = keys.iter().map(|key| key.0).collect();
        let rows = store::own_answers(&*self.call.read().await?, &self.call.scope(), &events).await?;
        Ok(rows.into_iter().map(|row| (OwnAnswer(row.event_id), row)).collect())
    }
}

/// All answers, whoever may see them: for counts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnswersTo(pub EventId);

#[async_trait::async_trait]
impl Loader<AnswersTo> for Batch {
    type Value = Vec<event_response::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[AnswersTo]) -> Result<HashMap<AnswersTo, Vec<event_response::Model>>, BatchError> {
        let events: Vec<EventId> = keys.iter().map(|key| key.0).collect();
        let everywhere = Scope::system(self.call.today());
        let rows = store::answers(&*self.call.read().await?, &everywhere, &events).await?;
        let mut answers = group(rows, |row| AnswersTo(row.event_id));
        // What has no answers is kept as well, and not looked up again.
        for key in keys {
            answers.entry(*key).or_default();
        }
        Ok(answers)
    }
}
