//! Writes rows down with everything that the story does not care for: ids, instants, versions, mailboxes.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::identity::account;
use glans_entity::ids::{
    AccountId, BoardId, ClassGroupId, ClusterId, EnrolmentId, GuardianshipId, MembershipId, PersonId, SchoolId,
    SchoolYearId, StudentId,
};
use glans_entity::localized::Strings;
use glans_entity::organisation::{board, class_group, cluster, school, school_year};
use glans_entity::people::{Role, ScopeKind, enrolment, guardianship, membership, person, student};
use uuid::Uuid;

use super::calendar::Year;
use super::dice::Dice;
use super::names::{Name, mailbox};
use super::rows::Rows;
use super::sketches::Sketch;

#[derive(Debug)]
pub(super) struct Registrar {
    pub(super) rows: Rows,
    /// When every row was made: the start of the school year, so that the rows stay the same until the next one.
    made_at: DateTime<Utc>,
    /// Ids are a millisecond apart, so that they sort as they were made.
    next_millisecond: u64,
    ids: Dice,
    mailboxes: HashMap<String, usize>,
    password_hash: &'static str,
}

/// Where a role counts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Board,
    Cluster(ClusterId),
    School(SchoolId),
    ClassGroup(ClassGroupId, SchoolId),
}

/// A person to write down.
#[derive(Clone, Debug)]
pub(super) struct Unregistered {
    pub(super) name: Name,
    pub(super) language: &'static str,
    pub(super) email: Option<String>,
    pub(super) account: Option<AccountId>,
}

/// A person who was written down.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) id: PersonId,
    pub(super) name: Name,
    pub(super) language: &'static str,
    pub(super) email: Option<String>,
    pub(super) account: Option<AccountId>,
}

impl From<&Known> for Unregistered {
    fn from(person: &Known) -> Self {
        let Known { id: _, name, language, email, account } = person.clone();
        Self { name, language, email, account }
    }
}

impl Registrar {
    pub(super) fn new(year: Year, seed: u64, password_hash: &'static str) -> Self {
        let made_at = year.starts_at();
        Self {
            rows: Rows::default(),
            made_at,
            next_millisecond: u64::try_from(made_at.timestamp_millis()).unwrap_or_default(),
            ids: Dice::with_seed(!seed),
            mailboxes: HashMap::new(),
            password_hash,
        }
    }

    fn id(&mut self) -> Uuid {
        self.next_millisecond += 1;
        self.ids.uuid(self.next_millisecond)
    }

    pub(super) fn board(&mut self, number: String, name: String) -> BoardId {
        let id = BoardId(self.id());
        self.rows.boards.push(board::Model {
            id,
            number: Some(number),
            name,
            time_zone: "Europe/Amsterdam".to_owned(),
            archived_at: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    pub(super) fn cluster(&mut self, board_id: BoardId, name: String) -> ClusterId {
        let id = ClusterId(self.id());
        self.rows.clusters.push(cluster::Model {
            id,
            board_id,
            name,
            source_id: None,
            archived_at: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    pub(super) fn school_year(&mut self, board_id: BoardId, year: Year) -> SchoolYearId {
        let id = SchoolYearId(self.id());
        self.rows.school_years.push(school_year::Model {
            id,
            board_id,
            title: year.title(),
            starts_on: year.starts_on(),
            ends_on: year.ends_on(),
            source_id: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    pub(super) fn school(&mut self, board_id: BoardId, cluster_id: ClusterId, name: String, brin: String) -> SchoolId {
        let id = SchoolId(self.id());
        self.rows.schools.push(school::Model {
            id,
            board_id,
            cluster_id: Some(cluster_id),
            name,
            registered_name: None,
            brin: Some(brin),
            location_code: Some("00".to_owned()),
            street: None,
            house_number: None,
            postcode: None,
            city: None,
            phone: None,
            website: None,
            denomination: None,
            holiday_region: Some("Midden".to_owned()),
            pupil_count: None,
            source_id: None,
            archived_at: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    /// Sets how many pupils the school has that was made last.
    pub(super) fn count_students(&mut self, count: usize) {
        if let Some(school) = self.rows.schools.last_mut() {
            school.pupil_count = i32::try_from(count).ok();
        }
    }

    pub(super) fn class_group(
        &mut self,
        board_id: BoardId,
        school_id: SchoolId,
        school_year_id: SchoolYearId,
        grades: &[usize],
    ) -> ClassGroupId {
        let grades: Vec<_> = grades.iter().map(ToString::to_string).collect();
        let id = ClassGroupId(self.id());
        self.rows.class_groups.push(class_group::Model {
            id,
            board_id,
            school_id,
            school_year_id,
            name: format!("Groep {}", grades.join("/")),
            grades: Strings(grades),
            source_id: None,
            archived_at: None,
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    /// An address under the domain that nobody has yet.
    pub(super) fn address(&mut self, name: &Name, domain: &str) -> String {
        let mailbox = mailbox(name);
        let taken = self.mailboxes.entry(mailbox.clone()).or_default();
        *taken += 1;
        match *taken {
            1 => format!("{mailbox}@{domain}"),
            number => format!("{mailbox}{number}@{domain}"),
        }
    }

    pub(super) fn account(&mut self, email: &str, language: &str) -> AccountId {
        let id = AccountId(self.id());
        self.rows.accounts.push(account::Model {
            id,
            email: email.to_owned(),
            password_hash: Some(self.password_hash.to_owned()),
            language: language.to_owned(),
            first_signed_in_at: Some(self.made_at),
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }

    pub(super) fn person(&mut self, board_id: BoardId, person: Unregistered) -> Known {
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

    pub(super) fn student(&mut self, board_id: BoardId, school_id: SchoolId, name: &Name, number: usize) -> StudentId {
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

    pub(super) fn membership(&mut self, board_id: BoardId, person: PersonId, role: Role, place: Place) {
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

    pub(super) fn enrolment(&mut self, board_id: BoardId, student_id: StudentId, group: ClassGroupId, year: Year) {
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

    pub(super) fn guardianship(
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
