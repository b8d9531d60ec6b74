//! What the files want to be there, in the words of Glans and under the ids of the sending system.
//!
//! Every format that brings people in ends here; the plan compares it with what is stored.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use glans_entity::people::{GuardianRelationship, Role};

use super::oneroster::words::StatedAccess;

/// The records of one table.
#[derive(Debug)]
pub struct Section<T> {
    pub rows: Vec<T>,
    /// Source ids that the file says are to go.
    pub gone: HashSet<String>,
    /// Beginnings of source ids for which `rows` is everything there is: a stored record that begins so and is not in
    /// `rows` has ended. The empty beginning covers all.
    pub complete: Vec<&'static str>,
    /// Source ids up to their last colon whose records are all here, in a file that is otherwise not complete.
    pub restated: HashSet<String>,
}

impl<T> Default for Section<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), gone: HashSet::new(), complete: Vec::new(), restated: HashSet::new() }
    }
}

impl<T> Section<T> {
    /// Whether a stored record that is not among the rows has ended.
    pub fn ends(&self, source_id: &str) -> bool {
        let restated = source_id.rsplit_once(':').is_some_and(|(stem, _)| self.restated.contains(stem));
        restated
            || self.gone.contains(source_id)
            || self.complete.iter().any(|beginning| source_id.starts_with(beginning))
    }
}

/// The whole of what is wanted.
#[derive(Debug, Default)]
pub struct Wanted {
    pub clusters: Section<Cluster>,
    pub schools: Section<School>,
    pub years: Section<Year>,
    pub groups: Section<Group>,
    pub people: Section<Person>,
    pub students: Section<Student>,
    pub enrolments: Section<Enrolment>,
    pub memberships: Section<Membership>,
    pub guardianships: Section<Guardianship>,
    /// Languages of people, by source id, where a file states them.
    pub languages: HashMap<String, String>,
    /// Source ids of persons of whom every membership that came from a roster, and is not among the rows, ends.
    pub without_rights: HashSet<String>,
}

#[derive(Debug)]
pub struct Cluster {
    pub line: u32,
    pub source_id: String,
    pub name: String,
}

#[derive(Debug)]
pub struct School {
    pub line: u32,
    pub source_id: String,
    pub name: String,
    /// BRIN and location code.
    pub code: Option<(String, String)>,
    pub cluster: Option<String>,
}

#[derive(Debug)]
pub struct Year {
    pub line: u32,
    pub source_id: String,
    pub title: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

#[derive(Debug)]
pub struct Group {
    pub line: u32,
    pub source_id: String,
    pub school: String,
    pub year: String,
    pub name: String,
    pub grades: Vec<String>,
}

#[derive(Debug)]
pub struct Person {
    pub line: u32,
    pub source_id: String,
    pub given_name: String,
    pub family_name: String,
    pub email: Option<String>,
}

#[derive(Debug)]
pub struct Student {
    pub line: u32,
    pub source_id: String,
    /// `None`: as stored.
    pub school: Option<String>,
    /// `None`: as stored. Then the line is one of `roles.csv`.
    pub details: Option<StudentDetails>,
}

#[derive(Debug)]
pub struct StudentDetails {
    pub display_name: String,
    pub number: Option<String>,
}

#[derive(Debug)]
pub struct Enrolment {
    pub line: u32,
    pub source_id: String,
    pub student: String,
    pub group: String,
    /// `None`: with the school year of the group.
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    Board,
    Cluster(String),
    School(String),
    Group(String),
}

#[derive(Debug)]
pub struct Membership {
    pub line: u32,
    /// Begins with the file it comes from: `role:`, `user:` or `enrolment:`.
    pub source_id: String,
    pub person: String,
    pub role: Role,
    pub scope: Scope,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

#[derive(Debug)]
pub struct Guardianship {
    pub line: u32,
    /// Begins with what it comes from: `agents:`, `agentsOf:`, `relationships:` or `guardianships:`.
    pub source_id: String,
    pub guardian: String,
    pub student: String,
    /// `None`: not stated.
    pub relationship: Option<GuardianRelationship>,
    pub access: Option<StatedAccess>,
    pub legal_authority: Option<bool>,
    pub contact_priority: Option<i32>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

impl Guardianship {
    /// Whether it comes from `relationships.csv` or `guardianships.csv` alone, which say more of a link that another file may
    /// state.
    pub fn adds_only(&self) -> bool {
        self.source_id.starts_with("guardianships:") || self.source_id.starts_with("relationships:")
    }
}
