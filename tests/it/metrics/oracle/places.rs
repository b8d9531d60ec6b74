//! Where the children of a board are, by their places in class groups.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use glans_entity::engagement::{TargetKind, audience_target};
use glans_entity::ids::{BoardId, SchoolId, StudentId};
use glans_entity::organisation::{class_group, school};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, enrolment, guardianship};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::rows;

pub(super) struct Places {
    enrolments: Vec<enrolment::Model>,
    groups: Vec<class_group::Model>,
    schools: Vec<school::Model>,
    guardianships: Vec<guardianship::Model>,
    targets: Vec<audience_target::Model>,
}

impl Places {
    pub(super) async fn of(db: &DatabaseTransaction, board: BoardId) -> Self {
        Self {
            enrolments: rows::<enrolment::Entity>(db, enrolment::Column::BoardId, board).await,
            groups: rows::<class_group::Entity>(db, class_group::Column::BoardId, board).await,
            schools: rows::<school::Entity>(db, school::Column::BoardId, board).await,
            guardianships: rows::<guardianship::Entity>(db, guardianship::Column::BoardId, board).await,
            targets: rows::<audience_target::Entity>(db, audience_target::Column::BoardId, board).await,
        }
    }

    /// A student may be in several groups of a school.
    fn enrolments(&self, student: StudentId, day: NaiveDate) -> impl Iterator<Item = &enrolment::Model> {
        let covers = move |row: &&enrolment::Model| row.starts_on <= day && row.ends_on.is_none_or(|last| last >= day);
        self.enrolments.iter().filter(move |row| row.student_id == student).filter(covers)
    }

    /// The active students of the day, each with their school.
    pub(super) fn active(&self, day: NaiveDate) -> Vec<(StudentId, SchoolId)> {
        let students: BTreeSet<StudentId> = self.enrolments.iter().map(|row| row.student_id).collect();
        students.into_iter().filter_map(|student| Some((student, self.school(student, day)?))).collect()
    }

    /// The school of an active student on the day.
    pub(super) fn school(&self, student: StudentId, day: NaiveDate) -> Option<SchoolId> {
        let group = self.enrolments(student, day).next()?.class_group_id;
        Some(self.groups.iter().find(|row| row.id == group)?.school_id)
    }

    /// Of children whom something concerns, the first who is active, by school.
    pub(super) fn first_school(&self, children: impl Iterator<Item = StudentId>, day: NaiveDate) -> Option<SchoolId> {
        let children: BTreeSet<StudentId> = children.collect();
        children.into_iter().find_map(|child| self.school(child, day))
    }

    /// The active students for whom the item is by its places alone.
    pub(super) fn at_places_of(&self, item: Uuid, day: NaiveDate) -> Vec<StudentId> {
        let named = |student: StudentId, excluded: bool| {
            self.targets
                .iter()
                .filter(|target| target.item_id == item && target.excluded == excluded)
                .any(|target| self.is_at(student, target, day))
        };
        let students = self.enrolments.iter().map(|row| row.student_id);
        students
            .filter(|student| self.school(*student, day).is_some())
            .filter(|student| named(*student, false) && !named(*student, true))
            .collect()
    }

    fn is_at(&self, student: StudentId, target: &audience_target::Model, day: NaiveDate) -> bool {
        let school = self.school(student, day);
        let cluster = self.schools.iter().find(|row| Some(row.id) == school).and_then(|row| row.cluster_id);
        match target.kind {
            TargetKind::Board => school.is_some(),
            TargetKind::Cluster => cluster.is_some_and(|id| id.0 == target.target_id),
            TargetKind::School => school.is_some_and(|id| id.0 == target.target_id),
            TargetKind::ClassGroup => {
                self.enrolments(student, day).any(|place| place.class_group_id.0 == target.target_id)
            }
            TargetKind::Student => school.is_some() && student.0 == target.target_id,
        }
    }

    /// Whether the guardian has everything of the child on the day.
    pub(super) fn is_entitled(&self, guardian: Uuid, student: StudentId, day: NaiveDate) -> bool {
        self.guardianships.iter().any(|row| {
            row.guardian_id.0 == guardian
                && row.student_id == student
                && row.status == GuardianshipStatus::Active
                && row.access == GuardianAccess::Full
                && row.starts_on <= day
                && row.ends_on.is_none_or(|last| last >= day)
        })
    }
}
