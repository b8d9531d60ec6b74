//! Guardianships, by the batch.

use std::collections::{HashMap, HashSet};

use async_graphql::dataloader::Loader;
use glans_entity::ids::{GuardianshipId, PersonId, StudentId};
use glans_entity::people::guardianship::Model;
use glans_entity::scope::Scope;

use super::store::{self, Of};
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
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

#[async_trait::async_trait]
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

/// Whether the caller is or was a guardian of a student, whatever came of it. Past the scope, in which only what is in
/// force shows; it tells the caller nothing but yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnChild(pub StudentId);

#[async_trait::async_trait]
impl Loader<OwnChild> for Batch {
    type Value = bool;
    type Error = BatchError;

    async fn load(&self, keys: &[OwnChild]) -> Result<HashMap<OwnChild, bool>, BatchError> {
        let standing = self.call.standing();
        let Some(actor) = standing.actor.person() else { return Ok(HashMap::new()) };
        let students: Vec<StudentId> = keys.iter().map(|of| of.0).collect();
        let everywhere = Scope::system(self.call.today());
        let rows = store::all(&*self.call.read().await?, &everywhere, Of::Students(&students)).await?;
        let own = rows.into_iter().filter(|row| actor.at(row.board_id) == Some(row.guardian_id));
        Ok(own.map(|row| (OwnChild(row.student_id), true)).collect())
    }
}

/// Whether a guardian and the caller are or were guardians of the same child, whatever came of it. As [`OwnChild`], past the
/// scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnFamily(pub PersonId);

#[async_trait::async_trait]
impl Loader<OwnFamily> for Batch {
    type Value = bool;
    type Error = BatchError;

    async fn load(&self, keys: &[OwnFamily]) -> Result<HashMap<OwnFamily, bool>, BatchError> {
        let standing = self.call.standing();
        let Some(actor) = standing.actor.person() else { return Ok(HashMap::new()) };
        let own = actor.persons.iter().map(|(_, person)| *person);
        let guardians: Vec<PersonId> = keys.iter().map(|of| of.0).chain(own).collect();
        let everywhere = Scope::system(self.call.today());
        let rows = store::all(&*self.call.read().await?, &everywhere, Of::Guardians(&guardians)).await?;
        let is_own = |row: &&Model| actor.at(row.board_id) == Some(row.guardian_id);
        let children: HashSet<StudentId> = rows.iter().filter(is_own).map(|row| row.student_id).collect();
        let family = rows.into_iter().filter(|row| children.contains(&row.student_id));
        Ok(family.map(|row| (OwnFamily(row.guardian_id), true)).collect())
    }
}
