//! Guardianships, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{GuardianshipId, StudentId};
use glans_entity::people::guardianship::Model;

use super::store::{self, Of};
use crate::loaders::{Batch, BatchError, group};

impl Loader<GuardianshipId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[GuardianshipId]) -> Result<HashMap<GuardianshipId, Model>, BatchError> {
        let rows = store::all(&*self.call.read().await?, &self.call.scope(), Of::Ids(ids)).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The guardianships of a student, those that are over among them; whom to call first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GuardianshipsOf(pub StudentId);

impl Loader<GuardianshipsOf> for Batch {
    type Value = Vec<Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[GuardianshipsOf]) -> Result<HashMap<GuardianshipsOf, Vec<Model>>, BatchError> {
        let students: Vec<StudentId> = keys.iter().map(|of| of.0).collect();
        let mut rows = store::all(&*self.call.read().await?, &self.call.scope(), Of::Students(&students)).await?;
        rows.sort_by_key(|row| (row.contact_priority.unwrap_or(i32::MAX), row.id));
        Ok(group(rows, |row| GuardianshipsOf(row.student_id)))
    }
}
