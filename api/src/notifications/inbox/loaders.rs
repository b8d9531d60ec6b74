//! Notifications, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{NotificationId, StudentId};
use glans_entity::notifications::notification::Model;

use super::store;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<NotificationId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[NotificationId]) -> Result<HashMap<NotificationId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The children whom a notification concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StudentsOf(pub NotificationId);

#[async_trait::async_trait]
impl Loader<StudentsOf> for Batch {
    type Value = Vec<StudentId>;
    type Error = BatchError;

    async fn load(&self, keys: &[StudentsOf]) -> Result<HashMap<StudentsOf, Vec<StudentId>>, BatchError> {
        let ids: Vec<NotificationId> = keys.iter().map(|key| key.0).collect();
        let rows = store::students_of(&*self.call.read().await?, &ids).await?;
        let of = group(rows, |(notification, _)| StudentsOf(*notification));
        Ok(of.into_iter().map(|(key, rows)| (key, rows.into_iter().map(|(_, student)| student).collect())).collect())
    }
}
