//! Where the children of a board are, by their places in class groups.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use glans_entity::engagement::{TargetKind, audience_target};
use glans_entity::ids::{ClassGroupId, ClusterId, PersonId, SchoolId, StudentId};
use glans_entity::organisation::class_group;
use glans_entity::people::{enrolment, guardianship, person};
use uuid::Uuid;

use super::{Source, met, rows};

/// Where and at whom something counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub cluster: ClusterId,
    pub school: SchoolId,
    /// Nil: of no group in particular.
    pub group: ClassGroupId,
    /// Empty: not known, or no matter.
    pub language: String,
}

pub(super) struct Places<'s> {
    src: Source<'s>,
    enrolments: Vec<enrolment::Model>,
    groups: Vec<class_group::Model>,
    guardianships: Vec<guardianship::Model>,
    people: Vec<person::Model>,
    targets: Vec<audience_target::Model>,
}

impl<'s> Places<'s> {
    pub(super) async fn of(src: Source<'s>) -> Self {
        Self {
            src,
            enrolments: rows::<enrolment::Entity>(src, enrolment::Column::BoardId).await,
            groups: rows::<class_group::Entity>(src, class_group::Column::BoardId).await,
            guardianships: rows::<guardianship::Entity>(src, guardianship::Column::BoardId).await,
            people: rows::<person::Entity>(src, person::Column::BoardId).await,
            targets: rows::<audience_target::Entity>(src, audience_target::Column::BoardId).await,
        }
    }

    /// A student may be in several groups.
    fn enrolments(&self, student: StudentId, day: NaiveDate) -> impl Iterator<Item = &enrolment::Model> {
        let covers = move |row: &&enrolment::Model| row.starts_on <= day && row.ends_on.is_none_or(|last| last >= day);
        self.enrolments.iter().filter(move |row| row.student_id == student).filter(covers)
    }

    /// The active students of the day, each with where they are.
    pub(super) fn active(&self, day: NaiveDate) -> Vec<(StudentId, Place)> {
        let students: BTreeSet<StudentId> = self.enrolments.iter().map(|row| row.student_id).collect();
        students.into_iter().filter_map(|student| Some((student, self.place(student, day)?))).collect()
    }

    /// Where an active student is on the day: of several groups the one that they have been in for longest. In these
    /// histories nobody is in groups of two schools at once.
    pub(super) fn place(&self, student: StudentId, day: NaiveDate) -> Option<Place> {
        let row = self.enrolments(student, day).min_by_key(|row| (row.starts_on, row.id))?;
        let group = self.groups.iter().find(|group| group.id == row.class_group_id)?;
        let language = self.language(student, day);
        Some(Place { group: group.id, language, ..self.src.school(group.school_id, day) })
    }

    /// That of the guardian who is called first of those who have everything of the child on the day.
    fn language(&self, student: StudentId, day: NaiveDate) -> String {
        let guardians = self.entitled(student, day);
        let first = guardians.first().and_then(|first| self.people.iter().find(|person| person.id == *first));
        first.map(|person| person.language.clone()).unwrap_or_default()
    }

    /// Who has everything of the student on the day, those to be called first coming first.
    pub(super) fn entitled(&self, student: StudentId, day: NaiveDate) -> Vec<PersonId> {
        let own = self.guardianships.iter().filter(|link| link.student_id == student);
        let mut links: Vec<_> = own.filter(|link| met::had_everything(link, day)).collect();
        links.sort_by_key(|link| (link.contact_priority, link.id));
        links.into_iter().map(|link| link.guardian_id).collect()
    }

    /// Of children whom something concerns, where the first is who is active.
    pub(super) fn first_place(&self, children: impl Iterator<Item = StudentId>, day: NaiveDate) -> Option<Place> {
        let children: BTreeSet<StudentId> = children.collect();
        children.into_iter().find_map(|child| self.place(child, day))
    }

    /// The active students for whom the item is by its places alone.
    pub(super) fn at_places_of(&self, item: Uuid, day: NaiveDate) -> Vec<StudentId> {
        let targets: Vec<_> = self.targets.iter().filter(|target| target.item_id == item).collect();
        let named = |student: StudentId, place: &Place, excluded: bool| {
            let mut own = targets.iter().filter(|target| target.excluded == excluded);
            own.any(|target| self.is_at(student, place, target, day))
        };
        let active = self.active(day).into_iter();
        let own = active.filter(|(student, place)| named(*student, place, false) && !named(*student, place, true));
        own.map(|(student, _)| student).collect()
    }

    fn is_at(&self, student: StudentId, place: &Place, target: &audience_target::Model, day: NaiveDate) -> bool {
        match target.kind {
            TargetKind::Board => true,
            TargetKind::Cluster => place.cluster.0 == target.target_id,
            TargetKind::School => place.school.0 == target.target_id,
            TargetKind::ClassGroup => {
                self.enrolments(student, day).any(|place| place.class_group_id.0 == target.target_id)
            }
            TargetKind::Student => student.0 == target.target_id,
        }
    }

    /// Whether the guardian has everything of the child on the day.
    pub(super) fn is_entitled(&self, guardian: Uuid, student: StudentId, day: NaiveDate) -> bool {
        self.guardianships
            .iter()
            .any(|row| row.guardian_id.0 == guardian && row.student_id == student && met::had_everything(row, day))
    }
}
