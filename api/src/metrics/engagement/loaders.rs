//! Figures, by the batch.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use glans_entity::metrics::Level;
use uuid::Uuid;

use super::reading::{self, Answer, Ask, Series};
use crate::loaders::{Batch, BatchError, group};

/// What is asked of a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FiguresOf {
    pub level: Level,
    pub id: Uuid,
    pub ask: Ask,
}

/// An answer that all who ask for it share: each gets a copy of what a loader hands out, all at once.
type Shared = Result<Vec<Arc<Series>>, &'static str>;

fn shared(answer: Answer) -> Shared {
    answer.map(|series| series.into_iter().map(Arc::new).collect())
}

#[async_trait::async_trait]
impl Loader<FiguresOf> for Batch {
    type Value = Shared;
    type Error = BatchError;

    async fn load(&self, keys: &[FiguresOf]) -> Result<HashMap<FiguresOf, Shared>, BatchError> {
        let mut answers = HashMap::new();
        for ((level, ask), keys) in group(keys.to_vec(), |key| (key.level, key.ask.clone())) {
            let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
            let found = reading::find(&self.call, &ids, level, &ask).await?;
            let of = |(id, answer)| (FiguresOf { level, id, ask: ask.clone() }, shared(answer));
            answers.extend(found.into_iter().map(of));
        }
        Ok(answers)
    }
}
