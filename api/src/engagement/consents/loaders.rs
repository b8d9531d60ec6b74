//! Purposes and consents, by the batch.

use std::collections::{HashMap, HashSet};

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use glans_entity::engagement::{consent, consent_purpose};
use glans_entity::ids::{BoardId, ConsentId, ConsentPurposeId, PersonId, SchoolId, SchoolYearId, StudentId};
use glans_entity::people::student;
use glans_entity::scope::Scope;

use super::{rules, store};
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

/// What is asked about a student this school year, and what was granted before and is not asked any more, with the answers
/// in sight. Nothing for who has not everything of the student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AskedAbout(pub StudentId);

/// One purpose and what was answered to it for one student.
#[derive(Clone, Debug)]
pub struct Asked {
    pub purpose: consent_purpose::Model,
    /// Whether the school of the student asks it now.
    pub is_asked: bool,
    /// Oldest first: of this school year where it is asked, else of all years.
    pub rows: Vec<consent::Model>,
    /// That of today; none in the holidays between two.
    pub year: Option<SchoolYearId>,
    /// Those who are to answer.
    pub entitled: Vec<PersonId>,
    /// Whether the viewer sees the answers of all of them.
    pub as_staff: bool,
}

/// What all purposes of a batch are looked at with.
struct Day {
    today: NaiveDate,
    years: HashMap<BoardId, SchoolYearId>,
    staffed: HashSet<StudentId>,
    families: HashMap<StudentId, Family>,
}

impl Day {
    /// The purpose as it is for the child, with all that was answered to it; none where it is neither asked nor granted
    /// still. What another school asked before is not told to staff.
    fn asked(
        &self,
        child: &student::Model,
        purpose: &consent_purpose::Model,
        given: &[consent::Model],
    ) -> Option<Asked> {
        let (year, as_staff) = (self.years.get(&child.board_id).copied(), self.staffed.contains(&child.id));
        let is_at_school = purpose.school_id == child.school_id;
        let is_asked = is_at_school && year.is_some() && rules::is_asked(purpose, self.today);
        let answers = given.iter().filter(|row| row.student_id == child.id && row.purpose_id == purpose.id);
        let rows: Vec<consent::Model> =
            answers.filter(|row| !is_asked || year == Some(row.school_year_id)).cloned().collect();
        let stands = (is_at_school || !as_staff) && rules::stands(&rules::latest(&rows));
        let entitled = self.families.get(&child.id).map(|family| family.entitled.clone()).unwrap_or_default();
        (is_asked || stands).then(|| Asked { purpose: purpose.clone(), is_asked, rows, year, entitled, as_staff })
    }
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
        let given = store::of_students(&*db, &scope, &ids).await?;
        let mut purposes = store::purposes_of(&*db, &scope, &schools).await?;
        // A guardian sees what the own answers were to, also where the school that asked is out of sight by now.
        let known: HashSet<ConsentPurposeId> = purposes.iter().map(|purpose| purpose.id).collect();
        let mut others: Vec<ConsentPurposeId> = given.iter().map(|row| row.purpose_id).collect();
        others.retain(|purpose| !known.contains(purpose));
        purposes.extend(store::purposes(&*db, &Scope::system(today), &others).await?);
        let years = store::years(&*db, &scope, &boards, today).await?;
        // Later ones come last, and count.
        let years: HashMap<BoardId, SchoolYearId> = years.into_iter().map(|year| (year.board_id, year.id)).collect();
        let families = Family::of(&*db, today, &ids).await?;
        let day = Day { today, years, staffed, families };
        let of_child = |child: &student::Model| {
            let asked = purposes.iter().filter_map(|purpose| day.asked(child, purpose, &given));
            (AskedAbout(child.id), asked.collect())
        };
        Ok(children.iter().map(of_child).collect())
    }
}
