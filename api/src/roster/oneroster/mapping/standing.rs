//! What known users are once a bundle is in: a delta need not repeat what it leaves as it is.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use glans_entity::people::Role as GlansRole;

use super::Mapping;
use crate::roster::known::{KnownLink, KnownPost};
use crate::roster::oneroster::manifest::{Mode, Version};
use crate::roster::oneroster::reading::Reading;
use crate::roster::oneroster::rows::{Role, User};
use crate::roster::oneroster::words::{OrgKind, RoleWord};
use crate::roster::problem::Place;
use crate::roster::wanted::Student;

/// The roles that a delta ends, by user: those that are to go, and those whose last day is over.
pub(super) fn ended_roles(reading: &Reading, today: NaiveDate) -> HashMap<&str, Vec<&Role>> {
    let mut ended: HashMap<&str, Vec<&Role>> = HashMap::new();
    if reading.roles.mode == Mode::Delta {
        let over = reading.roles.active.iter().filter(|role| role.has_ended(today));
        for role in reading.roles.leaving.iter().chain(over) {
            ended.entry(&role.user).or_default().push(role);
        }
    }
    ended
}

impl<'a> Mapping<'a> {
    /// The students whose first role at their school ends, and who get no other: not in this file, nor by a row of
    /// their own that says another school.
    pub(super) fn leavers(&self) -> HashSet<&'a str> {
        let users = self.reading.users.active.iter();
        let users: HashMap<&str, &'a User> = users.map(|user| (user.source_id.as_str(), user)).collect();
        let leaves = |user: &str, ended: &[&Role]| {
            let at = self.known.schools_of_students.get(user).map(String::as_str);
            let next = users.get(user).and_then(|&row| self.school_of(row));
            let moves = next.is_some_and(|next| at != Some(next.as_str()));
            let mut firsts = ended.iter().filter(|role| role.primary && is_student(role.role));
            firsts.any(|role| self.covers(&role.org, at)) && !moves && !self.is_given(user, is_student)
        };
        self.ended_roles.iter().filter(|(user, ended)| leaves(user, ended)).map(|(&user, _)| user).collect()
    }

    /// Whether what ends at an organisation ends at this school: at itself, or at what is no school and is above many.
    fn covers(&self, org: &str, school: Option<&str>) -> bool {
        match self.org_kind(org) {
            Some(OrgKind::School) => school == Some(org),
            Some(OrgKind::District | OrgKind::Cluster | OrgKind::Other) => true,
            None => false,
        }
    }

    fn is_given(&self, user: &str, role: fn(RoleWord) -> bool) -> bool {
        self.roles.get(user).is_some_and(|roles| roles.iter().any(|given| role(given.word)))
    }

    /// Roles of a delta concern known users too, whose own rows it need not repeat. Who becomes a student, or a person,
    /// by a role has to have a row: what Glans has no interest in, it has no name of.
    pub(super) fn roles_alone(&mut self) {
        let (reading, known, today) = (self.reading, self.known, self.today);
        if reading.roles.mode != Mode::Delta || !reading.users.readable {
            return;
        }
        self.roles_of_nobody();
        let users = &reading.users;
        let mut rows: HashSet<&str> = users.active.iter().map(|user| user.source_id.as_str()).collect();
        rows.extend(users.broken.iter().chain(users.deleted.keys()).map(String::as_str));
        let mut moved: HashSet<&str> = HashSet::new();
        for role in reading.roles.active.iter().filter(|role| !role.has_ended(today)) {
            let user = role.user.as_str();
            let Some(what) = known.users.get(user).filter(|_| !rows.contains(user)) else { continue };
            let is_known = match role.role {
                RoleWord::Other => continue,
                RoleWord::Student => what.student,
                _ => what.person,
            };
            if !is_known {
                let message = "gives nothing yet: the user had no such role, and no name is kept; send the row of \
                               users.csv and the role together";
                self.problems.notice(Place::cell("roles.csv", role.line, "userSourcedId"), message);
            } else if is_student(role.role)
                && role.primary
                && self.org_kind(&role.org) == Some(OrgKind::School)
                && moved.insert(user)
            {
                let (source_id, school) = (user.to_owned(), Some(role.org.clone()));
                let row = Student { line: role.line, source_id, school, details: None };
                self.mapped.wanted.students.rows.push(row);
            }
        }
    }

    /// A role that is to go, and says no more than its id, is known again where it gave a membership, and else is not.
    fn roles_of_nobody(&mut self) {
        let posts = self.known.posts.values().flatten().filter_map(|post| post.source_id.as_deref());
        let posts: HashSet<&str> = posts.filter_map(|id| id.strip_prefix("role:")).collect();
        let leaving = self.reading.roles.leaving.iter().map(|role| role.source_id.as_str());
        let told: HashSet<&str> = leaving.chain(posts).collect();
        let untold = self.reading.roles.deleted.iter().filter(|(id, _)| !told.contains(id.as_str()));
        let lines: Vec<u32> = untold.map(|(_, &line)| line).collect();
        if let Some(&first) = lines.iter().min() {
            let message = format!(
                "ends nothing: it is not said whose role it was (rows of this kind: {}); where the user itself is not \
                 to go, send userSourcedId, role and orgSourcedId too",
                lines.len()
            );
            self.problems.notice(Place::cell("roles.csv", first, "userSourcedId"), message);
        }
    }

    /// The links of guardians whose role has ended, with the students of the school at which it was theirs.
    pub(super) fn lose_links(&mut self) {
        let students = self.mapped.wanted.students.rows.iter();
        let moved: HashMap<&str, &str> =
            students.filter_map(|row| Some((row.source_id.as_str(), row.school.as_deref()?))).collect();
        let mut lost: Vec<(String, &'a KnownLink)> = Vec::new();
        let ended = self.ended_roles.iter().filter(|(user, _)| !self.is_given(user, is_guardian));
        for (&user, ended) in ended {
            let guardian = self.one_id(user);
            for link in self.known.guardians.get(&guardian).into_iter().flatten() {
                let student = link.student.as_str();
                let before = self.known.schools_of_students.get(student).map(String::as_str);
                let school = moved.get(student).copied().or(before);
                if ended.iter().any(|role| is_guardian(role.role) && self.covers(&role.org, school)) {
                    lost.push((guardian.clone(), link));
                }
            }
        }
        let gone = lost.iter().map(|(_, link)| link.source_id.clone());
        self.mapped.wanted.guardianships.gone = gone.collect();
        self.lost = lost.into_iter().map(|(guardian, link)| (guardian, link.student.clone())).collect();
    }

    /// Whether a delta may leave unsaid that this person is a guardian: a roster has made them one, and they stay so.
    pub(super) fn stays_guardian(&self, person: &str, student: &str) -> bool {
        let lost = |student: &str| self.lost.contains(&(person.to_owned(), student.to_owned()));
        let links = self.known.guardians.get(person);
        !lost(student) && links.is_some_and(|links| links.is_empty() || links.iter().any(|link| !lost(&link.student)))
    }

    /// The file in which a user is given a role.
    pub(super) fn role_file(&self) -> &'static str {
        if self.reading.version == Version::V1p1 { "users.csv" } else { "roles.csv" }
    }

    /// Who teaches at a school or leads one, by the roles of the bundle and by those from before that it does not end.
    /// What a class list gave, it gave by such a role, and is no ground for more.
    pub(super) fn staff(&self) -> HashSet<String> {
        let memberships = &self.mapped.wanted.memberships;
        let named = memberships.rows.iter().filter(|row| is_staff(row.role)).map(|row| row.person.clone());
        let stays = |post: &KnownPost| match &post.source_id {
            None => is_staff(post.role),
            Some(id) => is_staff(post.role) && !post.of_group && !memberships.ends(id),
        };
        let known = self.known.posts.iter().filter(|(_, posts)| posts.iter().any(stays));
        named.chain(known.map(|(person, _)| person.clone())).collect()
    }

    /// The class groups of a teacher end with the last role, whose class list a delta need not repeat.
    pub(super) fn groups_without_role(&mut self) {
        let memberships = &self.mapped.wanted.memberships;
        let ends = |post: &KnownPost| post.source_id.as_deref().is_some_and(|id| memberships.ends(id));
        let lost = |posts: &[KnownPost]| posts.iter().any(|post| is_staff(post.role) && !post.of_group && ends(post));
        let without = self.known.posts.iter().filter(|(person, posts)| !self.staff.contains(*person) && lost(posts));
        let groups = without.flat_map(|(_, posts)| posts.iter().filter(|post| post.of_group));
        let groups: Vec<String> = groups.filter_map(|post| post.source_id.clone()).collect();
        self.mapped.wanted.memberships.gone.extend(groups);
    }
}

fn is_student(word: RoleWord) -> bool {
    word == RoleWord::Student
}

fn is_guardian(word: RoleWord) -> bool {
    matches!(word, RoleWord::Guardian(_))
}

fn is_staff(role: GlansRole) -> bool {
    matches!(role, GlansRole::Teacher | GlansRole::SchoolLeader)
}
