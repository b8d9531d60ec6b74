//! What an import would do: the difference between what is wanted and what is stored, without a database.
//!
//! Nothing is ever deleted. A record that has gone is ended and keeps its history; a row that a school made by hand is
//! never ended by a file.

mod changes;
mod guardianships;
mod memberships;
mod organisation;
mod people;
mod places;
mod removals;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::BoardId;
use glans_entity::organisation::{class_group, cluster, school, school_year};
use glans_entity::people::{enrolment, guardianship, membership, person, student};
use serde::{Deserialize, Serialize};

pub use self::changes::{Changes, Counts, Update};
use self::memberships::Scopes;
pub use self::removals::{Active, Removal, to_accept};
use super::problem::Problems;
use super::stored::Stored;
use super::wanted::Wanted;

/// Ids by the id of the sending system.
type Names<Id> = HashMap<String, Id>;

/// Where and when.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub board: BoardId,
    pub now: DateTime<Utc>,
    pub today: NaiveDate,
}

/// The changes, by table, in an order in which no row refers to a later one.
#[derive(Debug, Default)]
pub struct Plan {
    pub clusters: Changes<cluster::Model>,
    pub schools: Changes<school::Model>,
    pub years: Changes<school_year::Model>,
    pub groups: Changes<class_group::Model>,
    pub people: Changes<person::Model>,
    pub students: Changes<student::Model>,
    pub enrolments: Changes<enrolment::Model>,
    pub memberships: Changes<membership::Model>,
    pub guardianships: Changes<guardianship::Model>,
    pub active: Active,
}

/// How many rows of each kind an import makes, changes, ends and leaves alone.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanCounts {
    pub clusters: Counts,
    pub schools: Counts,
    pub school_years: Counts,
    pub class_groups: Counts,
    pub people: Counts,
    pub students: Counts,
    pub enrolments: Counts,
    pub memberships: Counts,
    pub guardianships: Counts,
}

impl PlanCounts {
    /// Each kind by the name that people know it by.
    pub fn by_name(&self) -> [(&'static str, Counts); 9] {
        [
            ("clusters", self.clusters),
            ("schools", self.schools),
            ("school years", self.school_years),
            ("class groups", self.class_groups),
            ("people", self.people),
            ("students", self.students),
            ("enrolments", self.enrolments),
            ("memberships", self.memberships),
            ("guardianships", self.guardianships),
        ]
    }

    /// Rows that are made or changed.
    pub fn written(&self) -> usize {
        self.by_name().iter().map(|(_, counts)| counts.created + counts.updated + counts.ended).sum()
    }

    /// Whether the import changes nothing.
    pub fn is_nothing(&self) -> bool {
        self.written() == 0
    }
}

impl Plan {
    pub fn counts(&self) -> PlanCounts {
        PlanCounts {
            clusters: self.clusters.counts,
            schools: self.schools.counts,
            school_years: self.years.counts,
            class_groups: self.groups.counts,
            people: self.people.counts,
            students: self.students.counts,
            enrolments: self.enrolments.counts,
            memberships: self.memberships.counts,
            guardianships: self.guardianships.counts,
        }
    }

    /// The removals that have to be accepted first.
    pub fn removals(&self) -> Vec<Removal> {
        to_accept(&self.active, &self.counts())
    }
}

/// Compares. A value that would collide with a stored one is reported as a problem of the file.
pub fn plan(wanted: &Wanted, stored: Stored, at: Moment, problems: &mut Problems) -> Plan {
    let active = Active::of(&stored, at.today);
    let (clusters, cluster_ids) = organisation::clusters(&wanted.clusters, stored.clusters, at, problems);
    let (schools, school_ids) = organisation::schools(&wanted.schools, stored.schools, &cluster_ids, at, problems);
    let (years, year_ids, spans) = organisation::years(&wanted.years, stored.years, at, problems);
    let (groups, group_facts) =
        organisation::groups(&wanted.groups, stored.groups, &school_ids, &year_ids, &spans, at, problems);
    let (people, persons) = people::people(&wanted.people, &wanted.languages, stored.people, at, problems);
    let (students, pupils) = people::students(&wanted.students, stored.students, &school_ids, at, problems);
    let enrolments = places::enrolments(&wanted.enrolments, stored.enrolments, &pupils, &group_facts, at);
    let scopes = Scopes { clusters: &cluster_ids, schools: &school_ids, groups: &group_facts };
    let memberships = memberships::memberships(
        &wanted.memberships,
        &wanted.without_rights,
        stored.memberships,
        &persons,
        &scopes,
        at,
    );
    let guardianships =
        guardianships::guardianships(&wanted.guardianships, stored.guardianships, &pupils, &persons, at, problems);
    Plan {
        clusters,
        schools,
        years,
        groups,
        people,
        students,
        enrolments,
        memberships,
        guardianships,
        active: Active { people: persons.active + pupils.active, ..active },
    }
}
