//! What a board has of the tables that a roster fills.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{
    ClassGroupId, ClusterId, EnrolmentId, GuardianshipId, MembershipId, PersonId, SchoolId, SchoolYearId, StudentId,
};
use glans_entity::organisation::{class_group, cluster, school, school_year};
use glans_entity::people::{GuardianshipStatus, ScopeKind, enrolment, guardianship, membership, person, student};
use sea_orm::{EntityTrait, IntoActiveModel, ModelTrait};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::journal::CHUNK;
use super::known::{Known, KnownLink, KnownPost, KnownUser};
use super::oneroster::words::{ClassKind, OrgKind};

/// All rows of one board.
#[derive(Debug, Default)]
pub struct Stored {
    pub clusters: Vec<cluster::Model>,
    pub schools: Vec<school::Model>,
    pub years: Vec<school_year::Model>,
    pub groups: Vec<class_group::Model>,
    pub people: Vec<person::Model>,
    pub students: Vec<student::Model>,
    pub enrolments: Vec<enrolment::Model>,
    pub memberships: Vec<membership::Model>,
    pub guardianships: Vec<guardianship::Model>,
}

impl Stored {
    /// What a delta file may refer to.
    pub fn known(&self, board_number: Option<String>, today: NaiveDate) -> Known {
        let mut known = Known { board_number, posts: self.posts(today), ..Known::default() };
        for cluster in self.clusters.iter().filter_map(|row| row.source_id.clone()) {
            known.orgs.insert(cluster, OrgKind::Cluster);
        }
        for school in self.schools.iter().filter_map(|row| row.source_id.clone()) {
            known.orgs.insert(school, OrgKind::School);
        }
        for year in self.years.iter().filter_map(|row| row.source_id.clone()) {
            known.sessions.insert(year.clone(), Some(year));
        }
        for group in self.groups.iter().filter_map(|row| row.source_id.clone()) {
            known.classes.insert(group, ClassKind::Homeroom);
        }
        for person in self.people.iter().filter_map(|row| row.source_id.clone()) {
            known.users.insert(person, KnownUser { student: false, person: true });
        }
        for student in self.students.iter().filter_map(|row| row.source_id.clone()) {
            known.users.entry(student).or_default().student = true;
        }
        let schools = self.schools.iter().filter_map(|row| Some((row.id, row.source_id.as_ref()?)));
        let schools: HashMap<SchoolId, &String> = schools.collect();
        let student = |row: &student::Model| Some((row.source_id.clone()?, (*schools.get(&row.school_id)?).clone()));
        known.schools_of_students = self.students.iter().filter_map(student).collect();
        known.guardians = self.guardians();
        known
    }

    fn people_by_id(&self) -> HashMap<PersonId, &str> {
        self.people.iter().filter_map(|person| Some((person.id, person.source_id.as_deref()?))).collect()
    }

    fn guardians(&self) -> HashMap<String, Vec<KnownLink>> {
        let people = self.people_by_id();
        let students = self.students.iter().filter_map(|row| Some((row.id, row.source_id.as_ref()?)));
        let students: HashMap<StudentId, &String> = students.collect();
        let mut guardians: HashMap<String, Vec<KnownLink>> = HashMap::new();
        for row in self.guardianships.iter().filter(|row| row.status != GuardianshipStatus::Ended) {
            let Some((source_id, &person)) = row.source_id.clone().zip(people.get(&row.guardian_id)) else { continue };
            let links = guardians.entry(person.to_owned()).or_default();
            let student = students.get(&row.student_id).map(|student| (*student).clone());
            links.extend(student.map(|student| KnownLink { student, source_id }));
        }
        guardians
    }

    /// The roles that count, of the persons whom a roster knows.
    fn posts(&self, today: NaiveDate) -> HashMap<String, Vec<KnownPost>> {
        let people = self.people_by_id();
        let mut posts: HashMap<String, Vec<KnownPost>> = HashMap::new();
        for row in self.memberships.iter().filter(|row| row.ended_at.is_none()) {
            let Some(&person) = people.get(&row.person_id) else { continue };
            if row.ends_on.is_none_or(|ends| ends >= today) {
                let of_group = row.scope_kind == ScopeKind::ClassGroup;
                let post = KnownPost { role: row.role, of_group, source_id: row.source_id.clone() };
                posts.entry(person.to_owned()).or_default().push(post);
            }
        }
        posts
    }
}

/// A row that an import can make, change and put back.
pub trait Row:
    ModelTrait<Entity: EntityTrait<Model = Self>>
    + IntoActiveModel<<Self::Entity as EntityTrait>::ActiveModel>
    + PartialEq
    + Serialize
    + DeserializeOwned
    + Sync
    + 'static
{
    const TABLE: &'static str;
    /// Prefix of the ids of this table outside the program.
    const PREFIX: &'static str;
    /// How many of them are written in one statement.
    const AT_ONCE: usize = CHUNK;
    fn uuid(&self) -> Uuid;
    fn version(&self) -> i32;
    fn source_id(&self) -> Option<&str>;
    /// Marks the row as changed now.
    fn touch(&mut self, now: DateTime<Utc>);
    /// The row with nothing in it that another row may be waiting to have, in as far as it must be unique.
    #[must_use]
    fn released(&self) -> Self;
    /// The row after another was given what people know it by: without its number or code, or with its id in its name.
    #[must_use]
    fn without_key(&self) -> Self;
    /// Whether what must be unique is the same in both.
    fn keeps_keys(&self, other: &Self) -> bool;
}

macro_rules! rows {
    ($($module:ident: $id:ty $(= $at_once:literal)? { $($key:ident: $free:expr),* $(; $($fixed:ident),+)? })+) => {$(
        impl Row for $module::Model {
            const TABLE: &'static str = stringify!($module);
            const PREFIX: &'static str = <$id>::PREFIX;
            $(const AT_ONCE: usize = $at_once;)?

            fn uuid(&self) -> Uuid {
                self.id.0
            }

            fn version(&self) -> i32 {
                self.version
            }

            fn source_id(&self) -> Option<&str> {
                self.source_id.as_deref()
            }

            fn touch(&mut self, now: DateTime<Utc>) {
                self.updated_at = now;
                self.version += 1;
            }

            fn released(&self) -> Self {
                Self { source_id: None, ..self.without_key() }
            }

            fn without_key(&self) -> Self {
                $(let free: fn(&Self) -> _ = $free; let $key = free(self);)*
                Self { $($key,)* ..self.clone() }
            }

            fn keeps_keys(&self, other: &Self) -> bool {
                self.source_id == other.source_id $(&& self.$key == other.$key)* $($(&& self.$fixed == other.$fixed)+)?
            }
        }
    )+};
}

// A school year cannot let go of its first day: of those that move up, each goes when it is its turn in the plan.
rows! {
    cluster: ClusterId { name: |row| format!("{} ({})", row.name, row.id) }
    school: SchoolId { brin: |_| None, location_code: |_| None }
    school_year: SchoolYearId = 1 { ; starts_on }
    class_group: ClassGroupId { name: |row| format!("{} ({})", row.name, row.id); school_id, school_year_id }
    person: PersonId {}
    student: StudentId { number: |_| None; school_id }
    enrolment: EnrolmentId {}
    membership: MembershipId {}
    guardianship: GuardianshipId {}
}
