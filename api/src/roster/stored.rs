//! What a board has of the tables that a roster fills.

use glans_entity::ids::BoardId;
use glans_entity::organisation::{class_group, cluster, school, school_year};
use glans_entity::people::{enrolment, guardianship, membership, person, student};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::known::{Known, KnownUser};
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
    pub fn known(&self, board_number: Option<String>) -> Known {
        let mut known = Known { board_number, ..Known::default() };
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
        known
    }
}

/// A row that an import can make, change and put back.
pub trait Row: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    const TABLE: &'static str;
    fn uuid(&self) -> Uuid;
    fn board(&self) -> BoardId;
    fn version(&self) -> i32;
    fn source_id(&self) -> Option<&str>;
    /// Marks the row as changed now.
    fn touch(&mut self, now: chrono::DateTime<chrono::Utc>);
}

macro_rules! rows {
    ($($module:ident = $table:literal),+ $(,)?) => {$(
        impl Row for $module::Model {
            const TABLE: &'static str = $table;

            fn uuid(&self) -> Uuid {
                self.id.0
            }

            fn board(&self) -> BoardId {
                self.board_id
            }

            fn version(&self) -> i32 {
                self.version
            }

            fn source_id(&self) -> Option<&str> {
                self.source_id.as_deref()
            }

            fn touch(&mut self, now: chrono::DateTime<chrono::Utc>) {
                self.updated_at = now;
                self.version += 1;
            }
        }
    )+};
}

rows!(
    cluster = "cluster",
    school = "school",
    school_year = "school_year",
    class_group = "class_group",
    person = "person",
    student = "student",
    enrolment = "enrolment",
    membership = "membership",
    guardianship = "guardianship",
);
