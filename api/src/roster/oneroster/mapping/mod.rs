//! From the words of OneRoster to those of Glans.
//!
//! | OneRoster | Glans |
//! |---|---|
//! | org `district` | the board itself; its number must agree |
//! | org `local`, `ext:cluster` | cluster |
//! | org `school`, `identifier` BRIN + location | school |
//! | session `schoolYear` | school year |
//! | class `homeroom` | class group; `scheduled` classes are counted and left out |
//! | user with role `student` | student |
//! | other users with a role below | person |
//! | `districtAdministrator` | `BOARD_ADMIN` |
//! | `ext:clusterDirector` at a cluster | `CLUSTER_DIRECTOR` |
//! | `principal`, `siteAdministrator` at a school | `SCHOOL_LEADER` |
//! | `teacher`, `aide` at a school, or enrolled as teacher in a homeroom | `TEACHER` of the school, of the class group |
//! | `guardian`, `parent`, `relative` | guardian of the students they are linked with |
//!
//! A school all of whose classes are `scheduled` gets no class groups: to take timetable subjects for groups would give
//! every subject teacher the rights of a group's teacher. The report says so.
//!
//! `enabledUser = false` takes the rights of staff away. Of pupils and guardians it says only that they have no account
//! in the other system, which is the rule, and it is passed over.

mod coverage;
mod links;
mod organisation;
mod people;
mod standing;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use self::people::UserRoles;
use super::manifest::Mode;
use super::reading::Reading;
use super::rows::Role;
use super::words::OrgKind;
use crate::platform::error::{Error, Result};
use crate::roster::known::{Known, LeftOut};
use crate::roster::problem::{Place, Problems};
use crate::roster::wanted::Wanted;

/// What a bundle comes down to.
#[derive(Debug, Default)]
pub struct Mapped {
    pub wanted: Wanted,
    pub left_out: LeftOut,
    /// Rows that were read and have no place in Glans, by what they are.
    pub skipped: Skipped,
}

/// Numbers of records that were left out on purpose.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Skipped {
    pub scheduled_classes: usize,
    pub users_without_role: usize,
    pub enrolments: usize,
    pub links: usize,
}

/// Maps a validated bundle. What cannot be mapped is reported as any other problem.
pub fn map(reading: &Reading, known: &Known, today: NaiveDate, problems: &mut Problems) -> Mapped {
    let mut mapping = Mapping {
        reading,
        known,
        today,
        roles: people::roles_by_user(reading, today),
        ended_roles: standing::ended_roles(reading, today),
        left: HashSet::new(),
        lost: HashSet::new(),
        org_kinds: org_kinds(reading, known),
        disabled: disabled(reading),
        schools_of_users: HashMap::new(),
        staff: HashSet::new(),
        mapped: Mapped { left_out: known.left_out(), ..Mapped::default() },
        problems,
    };
    mapping.organisation();
    if reading.tells_who_is_what {
        mapping.people();
        mapping.links();
    }
    mapping.mapped
}

struct Mapping<'a> {
    reading: &'a Reading,
    known: &'a Known,
    today: NaiveDate,
    roles: HashMap<&'a str, UserRoles<'a>>,
    /// Roles that a delta ends, by user.
    ended_roles: HashMap<&'a str, Vec<&'a Role>>,
    /// Students whose last role a delta ends.
    left: HashSet<&'a str>,
    /// Guardians and students who were linked, and are no longer since the role of the guardian ended.
    lost: HashSet<(String, String)>,
    org_kinds: HashMap<&'a str, OrgKind>,
    disabled: HashSet<&'a str>,
    /// The first school in which a user is enrolled.
    schools_of_users: HashMap<&'a str, &'a str>,
    /// Who teaches at a school or leads one, once this bundle is in.
    staff: HashSet<String>,
    mapped: Mapped,
    problems: &'a mut Problems,
}

/// From the field of a mutation and what is wrong with it, to the column and how it is told.
type Told = fn(&str, String) -> (&'static str, String);

impl Mapping<'_> {
    /// The value of a check that the mutations make too; what it refuses is told of the row.
    fn heed<T>(&mut self, file: &'static str, line: u32, checked: Result<T>, told: Told) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(Error::Refused(refusals)) => {
                for refusal in refusals {
                    let field = refusal.field.first().map(String::as_str).unwrap_or_default();
                    let (column, message) = told(field, refusal.message);
                    self.problems.error(Place::cell(file, line, column), message);
                }
                None
            }
            Err(_) => {
                self.problems.error(Place::line(file, line), "cannot be checked");
                None
            }
        }
    }

    /// The one id of a person who stands in the bundles twice.
    fn one_id(&self, user: &str) -> String {
        self.mapped.left_out.aliases.get(user).map_or(user, String::as_str).to_owned()
    }
}

/// The beginnings of source ids that a bulk file covers.
fn covered(mode: Mode, beginning: &'static str) -> Vec<&'static str> {
    if mode == Mode::Bulk { vec![beginning] } else { Vec::new() }
}

fn org_kinds<'a>(reading: &'a Reading, known: &'a Known) -> HashMap<&'a str, OrgKind> {
    let stored = known.orgs.iter().map(|(id, &kind)| (id.as_str(), kind));
    stored.chain(reading.orgs.active.iter().map(|org| (org.source_id.as_str(), org.kind))).collect()
}

fn disabled(reading: &Reading) -> HashSet<&str> {
    reading.users.active.iter().filter(|user| !user.enabled).map(|user| user.source_id.as_str()).collect()
}
