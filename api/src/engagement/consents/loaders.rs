//! Purposes and consents, by the batch.

use std::collections::{HashMap, HashSet};

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{consent, consent_purpose};
use glans_entity::ids::{BoardId, ConsentId, ConsentPurposeId, PersonId, SchoolId, SchoolYearId, StudentId};
use glans_entity::people::student;

use super::store;
use crate::engagement::bookings::store::in_confidence;
use crate::engagement::partnerships::Family;
use crate::loaders::{Batch, BatchError, group};
use crate::people::students;

#[async_trait::async_trait]
impl Loader<ConsentPurposeId> for Batch {
    type Value = consent_purpose::Model;
    type Error = BatchError;

    async fn load(
        &self,
        ids: &[ConsentPurposeId],
    ) -> Result<HashMap<ConsentPurposeId, consent_purpose::Model>, BatchError> {
        let rows = store::purposes(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<ConsentId> for Batch {
    type Value = consent::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[ConsentId]) -> Result<HashMap<ConsentId, consent::Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The purposes of a school, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PurposesOf(pub SchoolId);

#[async_trait::async_trait]
impl Loader<PurposesOf> for Batch {
    type Value = Vec<consent_purpose::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[PurposesOf]) -> Result<HashMap<PurposesOf, Vec<consent_purpose::Model>>, BatchError> {
        let schools: Vec<SchoolId> = keys.iter().map(|key| key.0).collect();
        let rows = store::purposes_of(&*self.call.read().await?, &self.call.scope(), &schools).await?;
        Ok(group(rows, |row| PurposesOf(row.school_id)))
    }
}

/// What is asked about a student this school year, with the answers in sight. Nothing for who has not everything of the
/// student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AskedAbout(pub StudentId);

/// One purpose and what was answered to it for one student.
#[derive(Clone, Debug)]
pub struct Asked {
    pub purpose: consent_purpose::Model,
    /// Of this school year, oldest first.
    pub rows: Vec<consent::Model>,
    /// Those who are to answer.
    pub entitled: Vec<PersonId>,
    /// Whether the viewer sees the answers of all of them.
    pub as_staff: bool,
}

#[async_trait::async_trait]
impl Loader<AskedAbout> for Batch {
    type Value = Vec<Asked>;
    type Error = BatchError;

    async fn load(&self, keys: &[AskedAbout]) -> Result<HashMap<AskedAbout, Vec<Asked>>, BatchError> {
        let (db, scope, today) = (self.call.read().await?, self.call.scope(), self.call.today());
        let ids: Vec<StudentId> = keys.iter().map(|key| key.0).collect();
        let staffed = in_confidence(&*db, &scope, &ids).await?;
        let staffed: HashSet<StudentId> = staffed.into_iter().map(|student| student.id).collect();
        let mut children = students::store::by_ids(&*db, &scope, &ids).await?;
        children.retain(|child| staffed.contains(&child.id) || scope.full_children.contains(&child.id));
        let ids: Vec<StudentId> = children.iter().map(|child| child.id).collect();
        let schools: Vec<SchoolId> = children.iter().map(|child| child.school_id).collect();
        let boards: Vec<BoardId> = children.iter().map(|child| child.board_id).collect();
        let mut purposes = store::purposes_of(&*db, &scope, &schools).await?;
        purposes.retain(|purpose| purpose.archived_at.is_none() && purpose.asked_from <= today);
        let years = store::years(&*db, &scope, &boards, today).await?;
        // Later ones come last, and count.
        let years: HashMap<BoardId, SchoolYearId> = years.into_iter().map(|year| (year.board_id, year.id)).collect();
        let known: Vec<SchoolYearId> = years.values().copied().collect();
        let rows = store::of_students(&*db, &scope, &ids, &known).await?;
        let families = Family::of(&*db, today, &ids).await?;
        let asked = |child: &student::Model, purpose: &consent_purpose::Model| {
            let counts = |row: &&consent::Model| {
                row.student_id == child.id
                    && row.purpose_id == purpose.id
                    && years.get(&child.board_id) == Some(&row.school_year_id)
            };
            Asked {
                purpose: purpose.clone(),
                rows: rows.iter().filter(counts).cloned().collect(),
                entitled: families.get(&child.id).map(|family| family.entitled.clone()).unwrap_or_default(),
                as_staff: staffed.contains(&child.id),
            }
        };
        let of_child = |child: &student::Model| {
            let own = purposes.iter().filter(|purpose| purpose.school_id == child.school_id);
            (AskedAbout(child.id), own.map(|purpose| asked(child, purpose)).collect())
        };
        Ok(children.iter().map(of_child).collect())
    }
}
