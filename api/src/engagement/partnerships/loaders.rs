//! Partnerships and how far they are, by the batch.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{partnership, talk_choice};
use glans_entity::ids::{PartnershipId, SchoolYearId, StudentId};

use super::rules::History;
use super::{history, store};
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<PartnershipId> for Batch {
    type Value = partnership::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[PartnershipId]) -> Result<HashMap<PartnershipId, partnership::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The partnership of a student in a school year; in that of today where none is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartnershipOf {
    pub student: StudentId,
    pub year: Option<SchoolYearId>,
}

#[async_trait::async_trait]
impl Loader<PartnershipOf> for Batch {
    type Value = partnership::Model;
    type Error = BatchError;

    async fn load(&self, keys: &[PartnershipOf]) -> Result<HashMap<PartnershipOf, partnership::Model>, BatchError> {
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let mut found = HashMap::new();
        for (year, keys) in group(keys.to_vec(), |key| key.year) {
            let students: Vec<StudentId> = keys.iter().map(|key| key.student).collect();
            let rows = store::of_students(&*db, &scope, &students, year).await?;
            found.extend(rows.into_iter().map(|row| (PartnershipOf { student: row.student_id, year }, row)));
        }
        Ok(found)
    }
}

/// What happened in a partnership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HistoryOf(pub PartnershipId);

#[async_trait::async_trait]
impl Loader<HistoryOf> for Batch {
    type Value = Arc<History>;
    type Error = BatchError;

    async fn load(&self, keys: &[HistoryOf]) -> Result<HashMap<HistoryOf, Arc<History>>, BatchError> {
        let db = self.call.read().await?;
        let ids: Vec<PartnershipId> = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(&*db, &self.call.scope(), &ids).await?;
        let told = history::of(&*db, self.call.now(), &rows).await?;
        Ok(told.into_iter().map(|(id, history)| (HistoryOf(id), Arc::new(history))).collect())
    }
}

/// What guardians chose about talking apart, as far as the viewer may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TalkChoicesOf(pub StudentId);

#[async_trait::async_trait]
impl Loader<TalkChoicesOf> for Batch {
    type Value = Vec<talk_choice::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[TalkChoicesOf],
    ) -> Result<HashMap<TalkChoicesOf, Vec<talk_choice::Model>>, BatchError> {
        let students: Vec<StudentId> = keys.iter().map(|key| key.0).collect();
        let rows = store::choices(&*self.call.read().await?, &self.call.scope(), &students).await?;
        Ok(group(rows, |row| TalkChoicesOf(row.student_id)))
    }
}
