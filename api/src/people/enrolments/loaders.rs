//! The class groups of students, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{ClassGroupId, StudentId};
use glans_entity::organisation::class_group;

use super::store;
use crate::loaders::{Batch, BatchError};
use crate::organisation::class_groups;

/// The class groups in which a student is today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClassGroupsOf(pub StudentId);

#[async_trait::async_trait]
impl Loader<ClassGroupsOf> for Batch {
    type Value = Vec<class_group::Model>;
    type Error = BatchError;

    async fn load(
        &self,
        keys: &[ClassGroupsOf],
    ) -> Result<HashMap<ClassGroupsOf, Vec<class_group::Model>>, BatchError> {
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let students: Vec<StudentId> = keys.iter().map(|of| of.0).collect();
        let places = store::of_students(&*db, &scope, &students).await?;
        let ids: Vec<ClassGroupId> = places.iter().map(|place| place.class_group_id).collect();
        let groups = class_groups::store::by_ids(&*db, &scope, &ids).await?;
        let groups: HashMap<ClassGroupId, class_group::Model> =
            groups.into_iter().map(|group| (group.id, group)).collect();
        let mut of_students: HashMap<ClassGroupsOf, Vec<class_group::Model>> = HashMap::new();
        for place in places {
            if let Some(group) = groups.get(&place.class_group_id) {
                of_students.entry(ClassGroupsOf(place.student_id)).or_default().push(group.clone());
            }
        }
        Ok(of_students)
    }
}
