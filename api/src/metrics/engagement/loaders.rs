//! Figures, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::metrics::Level;
use uuid::Uuid;

use super::reading::{self, Answer, Ask};
use crate::loaders::{Batch, BatchError, group};

/// What is asked of a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FiguresOf {
    pub level: Level,
    pub id: Uuid,
    pub ask: Ask,
}

#[async_trait::async_trait]
impl Loader<FiguresOf> for Batch {
    type Value = Answer;
    type Error = BatchError;

    async fn load(&self, keys: &[FiguresOf]) -> Result<HashMap<FiguresOf, Answer>, BatchError> {
        let mut answers = HashMap::new();
        for ((level, ask), keys) in group(keys.to_vec(), |key| (key.level, key.ask.clone())) {
            let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
            let found = reading::find(&self.call, &ids, level, &ask).await?;
            answers.extend(found.into_iter().map(|(id, answer)| (FiguresOf { level, id, ask: ask.clone() }, answer)));
        }
        Ok(answers)
    }
}
