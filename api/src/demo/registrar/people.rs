//! People, and what they are to each other.

use chrono::NaiveDate;
use glans_entity::ids::{
    AccountId, BoardId, ClassGroupId, ClusterId, EnrolmentId, GuardianshipId, MembershipId, PersonId, SchoolId,
    StudentId,
};
use glans_entity::people::{Role, ScopeKind, enrolment, guardianship, membership, person, student};

use super::Registrar;
use crate::demo::calendar::Year;
use crate::demo::names::Name;
use crate::demo::sketches::Sketch;

/// Where a role counts.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo) enum Place {
    Board,
    Cluster(ClusterId),
    School(SchoolId),
    ClassGroup(ClassGroupId, SchoolId),
}

/// A person to write down.
#[derive(Clone, Debug)]
pub(in crate::demo) struct Unregistered {
    pub(in crate::demo) name: Name,
    pub(in crate::demo) language: &'static str,
    pub(in crate::demo) email: Option<String>,
    pub(in crate::demo) account: Option<AccountId>,
}

/// A person who was written down.
#[derive(Clone, Debug)]
pub(in crate::demo) struct Known {
    pub(in crate::demo) id: PersonId,
    pub(in crate::demo) name: Name,
    pub(in crate::demo) language: &'static str,
    pub(in crate::demo) email: Option<String>,
    pub(in crate::demo) account: Option<AccountId>,
}

impl From<&Known> for Unregistered {
    fn from(person: &Known) -> Self {
        let Known { id: _, name, language, email, account } = person.clone();
        Self { name, language, email, account }
    }
}

impl Registrar {
    pub(in crate::demo) fn person(&mut self, board_id: BoardId, person: Unregistered) -> Known {
        let id = PersonId(self.id());
        self.rows.persons.push(person::Model {
            id,
            board_id,
            account_id: person.account,
            given_name: person.name.given.clone(),
            family_name: person.name.family.clone(),
            display_name: person.name.display(),
            email: person.email.clone(),
            language: person.language.to_owned(),
            interpreter_needed: person.language != "nl" && id.0.as_u128() & 1 == 1,
            source_id: None,
            archived_at: None,
            erased_at: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        let Unregistered { name, language, email, account } = person;
        Known { id, name, language, email, account }
    }

    pub(in crate::demo) fn student(
        &mut self,
        board_id: BoardId,
        school_id: SchoolId,
        name: &Name,
        number: usize,
    ) -> StudentId {
        let id = StudentId(self.id());
        self.rows.students.push(student::Model {
            id,
            board_id,
            school_id,
            display_name: name.display(),
            number: Some(number.to_string()),
            source_id: None,
            left_on: None,
            erased_at: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    pub(in crate::demo) fn membership(&mut self, board_id: BoardId, person: PersonId, role: Role, place: Place) {
        let (scope_kind, scope_id, school_id) = match place {
            Place::Board => (ScopeKind::Board, board_id.0, None),
            Place::Cluster(cluster) => (ScopeKind::Cluster, cluster.0, None),
            Place::School(school) => (ScopeKind::School, school.0, Some(school)),
            Place::ClassGroup(group, school) => (ScopeKind::ClassGroup, group.0, Some(school)),
        };
        let id = MembershipId(self.id());
        self.rows.memberships.push(membership::Model {
            id,
            board_id,
            person_id: person,
            role,
            scope_kind,
            scope_id,
            school_id,
            starts_on: Some(self.made_at.date_naive()),
            ends_on: None,
            ended_at: None,
            source_id: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
    }

    pub(in crate::demo) fn enrolment(
        &mut self,
        board_id: BoardId,
        student_id: StudentId,
        group: ClassGroupId,
        year: Year,
    ) {
        let id = EnrolmentId(self.id());
        self.rows.enrolments.push(enrolment::Model {
            id,
            board_id,
            student_id,
            class_group_id: group,
            starts_on: year.starts_on(),
            ends_on: Some(year.ends_on()),
            source_id: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
    }

    pub(in crate::demo) fn guardianship(
        &mut self,
        board_id: BoardId,
        (guardian_id, sketch): (PersonId, Sketch),
        (student_id, starts_on): (StudentId, NaiveDate),
        priority: i32,
    ) {
        let id = GuardianshipId(self.id());
        self.rows.guardianships.push(guardianship::Model {
            id,
            board_id,
            guardian_id,
            student_id,
            relationship: sketch.relationship,
            access: sketch.access,
            status: sketch.status,
            contact_priority: Some(priority),
            starts_on,
            ends_on: None,
            source_id: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
    }
}
