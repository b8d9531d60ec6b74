//! Absence notices, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use glans_entity::engagement::absence_notice::Model;
use glans_entity::ids::{AbsenceNoticeId, ClassGroupId, StudentId};

use super::{rules, store};
use crate::call::begin;
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<AbsenceNoticeId> for Batch {
    type Value = Model;
    type Error = BatchError;

    async fn load(&self, ids: &[AbsenceNoticeId]) -> Result<HashMap<AbsenceNoticeId, Model>, BatchError> {
        let rows = store::by_ids(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The notices of a student that touch the days from the first to the last, earliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AbsencesOf {
    pub student: StudentId,
    pub from: NaiveDate,
    pub until: NaiveDate,
}

#[async_trait::async_trait]
impl Loader<AbsencesOf> for Batch {
    type Value = Vec<Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[AbsencesOf]) -> Result<HashMap<AbsencesOf, Vec<Model>>, BatchError> {
        let students: Vec<StudentId> = keys.iter().map(|key| key.student).collect();
        let from = keys.iter().map(|key| key.from).min().unwrap_or_default();
        let until = keys.iter().map(|key| key.until).max().unwrap_or_default();
        let span = (begin(from), rules::end(until));
        let rows = store::of_students(&*self.call.read().await?, &self.call.scope(), &students, span).await?;
        let of = |key: &AbsencesOf| {
            let touches = |row: &&Model| {
                let (from, until) = (begin(key.from), rules::end(key.until));
                row.student_id == key.student && row.starts_at < until && row.ends_at > from
            };
            (*key, rows.iter().filter(touches).cloned().collect())
        };
        Ok(keys.iter().map(of).collect())
    }
}

/// The notices of the children of a class group that touch a day, earliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AbsencesIn {
    pub group: ClassGroupId,
    pub on: NaiveDate,
}

#[async_trait::async_trait]
impl Loader<AbsencesIn> for Batch {
    type Value = Vec<Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[AbsencesIn]) -> Result<HashMap<AbsencesIn, Vec<Model>>, BatchError> {
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let mut found: HashMap<AbsencesIn, Vec<Model>> = HashMap::new();
        // A document asks for few days, and for many groups of each.
        for (on, keys) in group(keys.to_vec(), |key| key.on) {
            let groups: Vec<ClassGroupId> = keys.iter().map(|key| key.group).collect();
            let children = store::children_in(&*db, &scope, &groups, on).await?;
            let students: Vec<StudentId> = children.iter().map(|(_, student)| *student).collect();
            let span = (begin(on), rules::end(on));
            for row in store::of_students(&*db, &scope, &students, span).await? {
                for (group, _) in children.iter().filter(|(_, student)| *student == row.student_id) {
                    found.entry(AbsencesIn { group: *group, on }).or_default().push(row.clone());
                }
            }
        }
        Ok(found)
    }
}
