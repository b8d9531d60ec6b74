//! What earlier imports and the school itself have brought in, by the ids of the sending system: what a delta file may
//! refer to without repeating it.

use std::collections::{HashMap, HashSet};

use glans_entity::people::Role;
use serde::{Deserialize, Serialize};

use super::oneroster::words::{ClassKind, OrgKind};

/// What a known user is in Glans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KnownUser {
    pub student: bool,
    pub person: bool,
}

/// A role that somebody holds somewhere and that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPost {
    pub role: Role,
    pub of_group: bool,
    /// `None`: granted by hand.
    pub source_id: Option<String>,
}

/// A link that a roster made and that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLink {
    pub student: String,
    pub source_id: String,
}

/// Ids of the sending system that resolve without standing in the bundle.
#[derive(Debug, Default)]
pub struct Known {
    /// *Bevoegd-gezag* number of the board that is imported into.
    pub board_number: Option<String>,
    pub orgs: HashMap<String, OrgKind>,
    /// Session to the session of its school year.
    pub sessions: HashMap<String, Option<String>>,
    pub classes: HashMap<String, ClassKind>,
    pub users: HashMap<String, KnownUser>,
    /// By the person who holds them.
    pub posts: HashMap<String, Vec<KnownPost>>,
    /// Students, with the school of each.
    pub schools_of_students: HashMap<String, String>,
    /// Persons whom a roster has made the guardian of somebody.
    pub guardians: HashMap<String, Vec<KnownLink>>,
    pub aliases: HashMap<String, String>,
}

/// What a bundle named and Glans has no table for. It is remembered with the import, ids only, so that a later delta
/// file may refer to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOut {
    /// District, departments and the like.
    pub orgs: HashSet<String>,
    /// Every session, with the session of its school year.
    pub sessions: HashMap<String, Option<String>>,
    /// Classes of the timetable.
    pub classes: HashSet<String>,
    /// Users in whom Glans has no interest.
    pub users: HashSet<String>,
    /// A person who stands in the file twice: the second id to the first.
    pub aliases: HashMap<String, String>,
}

impl Known {
    /// Adds what the last import left out.
    pub fn remember(&mut self, left_out: LeftOut) {
        for org in left_out.orgs {
            self.orgs.entry(org).or_insert(OrgKind::Other);
        }
        for (session, year) in left_out.sessions {
            self.sessions.entry(session).or_insert(year);
        }
        for class in left_out.classes {
            self.classes.entry(class).or_insert(ClassKind::Scheduled);
        }
        for user in left_out.users {
            self.users.entry(user).or_default();
        }
        for alias in left_out.aliases.keys() {
            self.users.insert(alias.clone(), KnownUser { student: false, person: true });
        }
        self.aliases.extend(left_out.aliases);
    }

    /// What stays remembered where this bundle does not say it anew.
    pub fn left_out(&self) -> LeftOut {
        let others = self.orgs.iter().filter(|(_, kind)| matches!(kind, OrgKind::Other | OrgKind::District));
        let scheduled = self.classes.iter().filter(|(_, kind)| **kind == ClassKind::Scheduled);
        let nobody = self.users.iter().filter(|(_, user)| **user == KnownUser::default());
        LeftOut {
            orgs: others.map(|(id, _)| id.clone()).collect(),
            sessions: self.sessions.clone(),
            classes: scheduled.map(|(id, _)| id.clone()).collect(),
            users: nobody.map(|(id, _)| id.clone()).collect(),
            aliases: self.aliases.clone(),
        }
    }
}
