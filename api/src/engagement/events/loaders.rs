//! Events and answers, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{event, event_response};
use glans_entity::ids::EventId;

use super::rules::Tally;
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

/// How many answered what, whoever may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnswersTo(pub EventId);

#[async_trait::async_trait]
impl Loader<AnswersTo> for Batch {
    type Value = Vec<Tally>;
    type Error = BatchError;

    async fn load(&self, keys: &[AnswersTo]) -> Result<HashMap<AnswersTo, Vec<Tally>>, BatchError> {
        let events: Vec<EventId> = keys.iter().map(|key| key.0).collect();
        let tallies = store::tallies(&*self.call.read().await?, self.call.today(), &events).await?;
        let mut answers = group(tallies, |tally| AnswersTo(tally.event_id));
        // What has no answers is kept as well, and not looked up again.
        for key in keys {
            answers.entry(*key).or_default();
        }
        Ok(answers)
    }
}

/// How many wait for a place up to a position, whoever may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WaitingUpTo(pub EventId, pub i32);

#[async_trait::async_trait]
impl Loader<WaitingUpTo> for Batch {
    type Value = i64;
    type Error = BatchError;

    async fn load(&self, keys: &[WaitingUpTo]) -> Result<HashMap<WaitingUpTo, i64>, BatchError> {
        let positions: Vec<(EventId, i32)> = keys.iter().map(|key| (key.0, key.1)).collect();
        let rows = store::waiting_up_to(&*self.call.read().await?, self.call.today(), &positions).await?;
        let counts: HashMap<EventId, i64> = rows.into_iter().collect();
        Ok(keys.iter().filter_map(|key| counts.get(&key.0).map(|count| (*key, *count))).collect())
    }
}
