//! Announcements and what belongs to them, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{announcement, announcement_revision, announcement_translation, recipient};
use glans_entity::ids::{AnnouncementId, PersonId};
use glans_entity::people::person;
use glans_entity::scope::Scope;

use super::{reach, store};
use crate::loaders::{Batch, BatchError, group};
use crate::people::persons;

#[async_trait::async_trait]
impl Loader<AnnouncementId> for Batch {
    type Value = announcement::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[AnnouncementId]) -> Result<HashMap<AnnouncementId, announcement::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// What an announcement says in other languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TranslationsOf(pub AnnouncementId);

#[async_trait::async_trait]
impl Loader<TranslationsOf> for Batch {
    type Value = Vec<announcement_translation::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[TranslationsOf],
    ) -> Result<HashMap<TranslationsOf, Vec<announcement_translation::Model>>, BatchError> {
        let ids: Vec<AnnouncementId> = keys.iter().map(|key| key.0).collect();
        let rows = store::translations(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(group(rows, |row| TranslationsOf(row.announcement_id)))
    }
}

/// What an announcement said before it was corrected. For staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RevisionsOf(pub AnnouncementId);

#[async_trait::async_trait]
impl Loader<RevisionsOf> for Batch {
    type Value = Vec<announcement_revision::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[RevisionsOf],
    ) -> Result<HashMap<RevisionsOf, Vec<announcement_revision::Model>>, BatchError> {
        let ids: Vec<AnnouncementId> = keys.iter().map(|key| key.0).collect();
        let rows = store::revisions(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(group(rows, |row| RevisionsOf(row.announcement_id)))
    }
}

/// Whether the viewer sees an announcement as a member of staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeenAsStaff(pub AnnouncementId);

#[async_trait::async_trait]
impl Loader<SeenAsStaff> for Batch {
    type Value = ();
    type Error = BatchError;

    async fn load(&self, keys: &[SeenAsStaff]) -> Result<HashMap<SeenAsStaff, ()>, BatchError> {
        let ids: Vec<AnnouncementId> = keys.iter().map(|key| key.0).collect();
        let seen = store::seen_as_staff(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(seen.into_iter().map(|id| (SeenAsStaff(id), ())).collect())
    }
}

/// Whether the viewer may change an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Changeable(pub AnnouncementId);

#[async_trait::async_trait]
impl Loader<Changeable> for Batch {
    type Value = ();
    type Error = BatchError;

    async fn load(&self, keys: &[Changeable]) -> Result<HashMap<Changeable, ()>, BatchError> {
        let ids: Vec<AnnouncementId> = keys.iter().map(|key| key.0).collect();
        let seen = store::changeable(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(seen.into_iter().map(|id| (Changeable(id), ())).collect())
    }
}

/// How many guardians an announcement reached. Only for who sees it as a member of staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReachOf(pub AnnouncementId);

#[async_trait::async_trait]
impl Loader<ReachOf> for Batch {
    type Value = reach::Counts;
    type Error = BatchError;

    async fn load(&self, keys: &[ReachOf]) -> Result<HashMap<ReachOf, reach::Counts>, BatchError> {
        let ids: Vec<AnnouncementId> = keys.iter().map(|key| key.0).collect();
        let counts = reach::counts(&*self.call.read().await?, &self.call.scope(), &ids).await?;
        Ok(counts.into_iter().map(|counts| (ReachOf(AnnouncementId(counts.item_id)), counts)).collect())
    }
}

/// The rows of a guardian about children that the viewer has in confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConfidedTo(pub AnnouncementId, pub PersonId);

#[async_trait::async_trait]
impl Loader<ConfidedTo> for Batch {
    type Value = Vec<recipient::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[ConfidedTo]) -> Result<HashMap<ConfidedTo, Vec<recipient::Model>>, BatchError> {
        let ids: Vec<AnnouncementId> = keys.iter().map(|key| key.0).collect();
        let persons: Vec<PersonId> = keys.iter().map(|key| key.1).collect();
        let rows = reach::rows(&*self.call.read().await?, &self.call.scope(), &ids, &persons).await?;
        Ok(group(rows, |row| ConfidedTo(AnnouncementId(row.item_id), row.person_id)))
    }
}

/// Who wrote something that the viewer sees, whether or not the viewer sees them anywhere else. The wall stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WriterOf(pub PersonId);

#[async_trait::async_trait]
impl Loader<WriterOf> for Batch {
    type Value = person::Model;
    type Error = BatchError;

    async fn load(&self, keys: &[WriterOf]) -> Result<HashMap<WriterOf, person::Model>, BatchError> {
        let ids: Vec<PersonId> = keys.iter().map(|key| key.0).collect();
        let everybody = Scope::system(self.call.today());
        let rows = persons::store::by_ids(&*self.call.read().await?, &everybody, &ids).await?;
        Ok(rows.into_iter().map(|row| (WriterOf(row.id), row)).collect())
    }
}
