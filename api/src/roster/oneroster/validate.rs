//! The rules between rows and between files (OneRoster CSV binding: unique ids, references that resolve, types of
//! organisations). What is wrong inside one cell was said when it was read.

use std::collections::{HashMap, HashSet};

use super::manifest::Mode;
use super::reading::Reading;
use super::rows::{Record, Records};
use super::words::{OrgKind, SessionKind};
use crate::roster::known::Known;
use crate::roster::problem::{Place, Problems, quoted};

/// Compares the files with each other and, where a file is no bulk file, with what is known from before.
pub fn validate(reading: &Reading, known: &Known, problems: &mut Problems) {
    let mut check = Check { index: Index::of(reading, known), reading, problems };
    check.unique_ids();
    check.orgs_and_sessions();
    check.courses_and_classes();
    check.users_and_roles();
    check.enrolments();
    check.links();
}

/// Which ids of a file resolve.
struct Ids<'a> {
    file: &'static str,
    present: HashSet<&'a str>,
    /// The file could not be read, or is not kept: nothing can be said about references to it.
    open: bool,
    delta: bool,
}

impl<'a> Ids<'a> {
    fn of<T: Record>(records: &'a Records<T>, reading: &Reading, known: impl Iterator<Item = &'a String>) -> Self {
        let mut present: HashSet<&str> = records.active.iter().map(Record::source_id).collect();
        present.extend(records.broken.iter().map(String::as_str));
        if records.mode != Mode::Bulk {
            let kept = known.filter(|id| !records.deleted.contains_key(*id));
            present.extend(kept.map(String::as_str));
        }
        let file = T::layout(reading.version).file;
        Self { file, present, open: !records.readable, delta: records.mode != Mode::Bulk }
    }

    fn resolve(&self, id: &str) -> bool {
        self.open || self.present.contains(id)
    }
}

struct Index<'a> {
    orgs: Ids<'a>,
    org_kinds: HashMap<&'a str, OrgKind>,
    sessions: Ids<'a>,
    courses: Ids<'a>,
    classes: Ids<'a>,
    users: Ids<'a>,
}

impl<'a> Index<'a> {
    fn of(reading: &'a Reading, known: &'a Known) -> Self {
        let mut org_kinds: HashMap<&str, OrgKind> = HashMap::new();
        if reading.orgs.mode != Mode::Bulk {
            org_kinds.extend(known.orgs.iter().map(|(id, &kind)| (id.as_str(), kind)));
        }
        org_kinds.extend(reading.orgs.active.iter().map(|org| (org.source_id.as_str(), org.kind)));
        let mut courses = Ids::of(&reading.courses, reading, std::iter::empty());
        // Courses are not kept, so that only a complete list can tell that one is missing.
        courses.open |= courses.delta;
        Self {
            orgs: Ids::of(&reading.orgs, reading, known.orgs.keys()),
            org_kinds,
            sessions: Ids::of(&reading.sessions, reading, known.sessions.keys()),
            courses,
            classes: Ids::of(&reading.classes, reading, known.classes.keys()),
            users: Ids::of(&reading.users, reading, known.users.keys()),
        }
    }
}

struct Check<'a> {
    index: Index<'a>,
    reading: &'a Reading,
    problems: &'a mut Problems,
}

impl Check<'_> {
    fn unique_ids(&mut self) {
        let version = self.reading.version;
        let problems = &mut *self.problems;
        unique(&self.reading.orgs, version, problems);
        unique(&self.reading.sessions, version, problems);
        unique(&self.reading.courses, version, problems);
        unique(&self.reading.classes, version, problems);
        unique(&self.reading.users, version, problems);
        unique(&self.reading.roles, version, problems);
        unique(&self.reading.enrolments, version, problems);
    }

    fn orgs_and_sessions(&mut self) {
        for org in &self.reading.orgs.active {
            if let Some(parent) = &org.parent {
                refer(self.problems, &self.index.orgs, Place::cell("orgs.csv", org.line, "parentSourcedId"), parent);
            }
        }
        for session in &self.reading.sessions.active {
            if let Some(parent) = &session.parent {
                let place = Place::cell("academicSessions.csv", session.line, "parentSourcedId");
                refer(self.problems, &self.index.sessions, place, parent);
            }
        }
    }

    fn courses_and_classes(&mut self) {
        let years: HashMap<&str, SessionKind> =
            self.reading.sessions.active.iter().map(|s| (s.source_id.as_str(), s.kind)).collect();
        for course in &self.reading.courses.active {
            refer(
                self.problems,
                &self.index.orgs,
                Place::cell("courses.csv", course.line, "orgSourcedId"),
                &course.org,
            );
            let Some(year) = &course.school_year else { continue };
            let place = Place::cell("courses.csv", course.line, "schoolYearSourcedId");
            if years.get(year.as_str()) == Some(&SessionKind::Part) {
                self.problems.error(place, format!("{} is not of type schoolYear", quoted(year)));
            } else {
                refer(self.problems, &self.index.sessions, place, year);
            }
        }
        for class in &self.reading.classes.active {
            let cell = |column| Place::cell("classes.csv", class.line, column);
            refer(self.problems, &self.index.courses, cell("courseSourcedId"), &class.course);
            self.school(cell("schoolSourcedId"), &class.school);
            for term in &class.terms {
                refer(self.problems, &self.index.sessions, cell("termSourcedIds"), term);
            }
        }
    }

    fn users_and_roles(&mut self) {
        let mut masters: HashMap<&str, u32> = HashMap::new();
        for user in &self.reading.users.active {
            let cell = |column| Place::cell("users.csv", user.line, column);
            for agent in &user.agents {
                refer(self.problems, &self.index.users, cell("agentSourcedIds"), agent);
            }
            for org in &user.orgs {
                refer(self.problems, &self.index.orgs, cell("orgSourcedIds"), org);
            }
            if let Some(org) = &user.primary_org {
                refer(self.problems, &self.index.orgs, cell("primaryOrgSourcedId"), org);
            }
            let earlier = user.master_identifier.as_deref().and_then(|master| masters.insert(master, user.line));
            if let Some(line) = earlier {
                let message = format!("stands on line {line} already; one person has one userMasterIdentifier");
                self.problems.error(cell("userMasterIdentifier"), message);
            }
        }
        for role in &self.reading.roles.active {
            refer(self.problems, &self.index.users, Place::cell("roles.csv", role.line, "userSourcedId"), &role.user);
            refer(self.problems, &self.index.orgs, Place::cell("roles.csv", role.line, "orgSourcedId"), &role.org);
        }
    }

    fn enrolments(&mut self) {
        for enrolment in &self.reading.enrolments.active {
            let cell = |column| Place::cell("enrollments.csv", enrolment.line, column);
            refer(self.problems, &self.index.classes, cell("classSourcedId"), &enrolment.class);
            self.school(cell("schoolSourcedId"), &enrolment.school);
            refer(self.problems, &self.index.users, cell("userSourcedId"), &enrolment.user);
        }
    }

    fn links(&mut self) {
        for row in &self.reading.relationships.rows {
            let cell = |column| Place::cell("relationships.csv", row.line, column);
            refer(self.problems, &self.index.users, cell("userSourcedId"), &row.student);
            refer(self.problems, &self.index.users, cell("relationshipUserSourcedId"), &row.guardian);
        }
        for row in &self.reading.guardianships.rows {
            let cell = |column| Place::cell("guardianships.csv", row.line, column);
            refer(self.problems, &self.index.users, cell("student"), &row.student);
            refer(self.problems, &self.index.users, cell("guardian"), &row.guardian);
        }
    }

    fn school(&mut self, place: Place, id: &str) {
        match self.index.org_kinds.get(id) {
            Some(OrgKind::School) => {}
            Some(_) => {
                self.problems.error(place, format!("{} is an organisation of another type than school", quoted(id)));
            }
            None => refer(self.problems, &self.index.orgs, place, id),
        }
    }
}

fn unique<T: Record>(records: &Records<T>, version: super::manifest::Version, problems: &mut Problems) {
    let file = T::layout(version).file;
    let mut lines: HashMap<&str, u32> = records.deleted.iter().map(|(id, &line)| (id.as_str(), line)).collect();
    for record in &records.active {
        if let Some(line) = lines.insert(record.source_id(), record.line()) {
            let message = format!("{} stands on line {line} already", quoted(record.source_id()));
            problems.error(Place::cell(file, record.line(), "sourcedId"), message);
        }
    }
}

fn refer(problems: &mut Problems, ids: &Ids<'_>, place: Place, id: &str) {
    if !ids.resolve(id) {
        let beyond = if ids.delta { ", and not known from an earlier import" } else { "" };
        problems.error(place, format!("{} is not in {}{beyond}", quoted(id), ids.file));
    }
}
