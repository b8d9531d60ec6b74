//! School years, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{BoardId, SchoolYearId};
use glans_entity::organisation::school_year::Model;

use super::store;
use crate::loaders::{Batch, BatchError};

#[async_trait::async_trait]
impl Loader<SchoolYearId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[SchoolYearId]) -> Result<HashMap<SchoolYearId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The school years of a board, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SchoolYearsOf(pub BoardId);

#[async_trait::async_trait]
impl Loader<SchoolYearsOf> for Batch {
    type Value = Vec<Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[SchoolYearsOf]) -> Result<HashMap<SchoolYearsOf, Vec<Model>>, BatchError> {
        let boards: Vec<BoardId> = keys.iter().map(|of| of.0).collect();
        let rows = store::of_boards(&*self.call.read().await?, &self.call.scope(), &boards).await?;
        Ok(crate::loaders::group(rows, |row| SchoolYearsOf(row.board_id)))
    }
}
