//! Students, persons, their roles and their places.

use std::collections::HashMap;

use chrono::NaiveDate;
use glans_entity::people::Role as GlansRole;

use super::Mapping;
use crate::people::{persons, students};
use crate::roster::known::KnownUser;
use crate::roster::oneroster::manifest::{Mode, Version};
use crate::roster::oneroster::reading::Reading;
use crate::roster::oneroster::rows::{Enrolment, User};
use crate::roster::oneroster::words::{EnrolmentWord, OrgKind, RoleWord};
use crate::roster::problem::{Place, quoted};
use crate::roster::wanted::{self, Membership, Scope};

/// One role of a user, from `roles.csv` or, in 1.1, from the user's own row.
#[derive(Debug, Clone)]
pub(super) struct UserRole<'a> {
    file: &'static str,
    line: u32,
    source_id: String,
    pub(super) word: RoleWord,
    org: &'a str,
    primary: bool,
    begins_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
}

pub(super) type UserRoles<'a> = Vec<UserRole<'a>>;

/// The roles that hold today or later. One that has ended gives nothing.
pub(super) fn roles_by_user(reading: &Reading, today: NaiveDate) -> HashMap<&str, UserRoles<'_>> {
    let mut roles: HashMap<&str, UserRoles<'_>> = HashMap::new();
    for role in reading.roles.active.iter().filter(|role| !role.has_ended(today)) {
        roles.entry(&role.user).or_default().push(UserRole {
            file: "roles.csv",
            line: role.line,
            source_id: format!("role:{}", role.source_id),
            word: role.role,
            org: &role.org,
            primary: role.primary,
            begins_on: role.begins_on,
            ends_on: role.ends_on,
        });
    }
    for user in &reading.users.active {
        let Some(word) = user.role else { continue };
        let of_org = |(position, org): (usize, &'_ String)| UserRole {
            file: "users.csv",
            line: user.line,
            source_id: format!("user:{}:{org}", user.source_id),
            word,
            org: user.orgs.get(position).map_or("", String::as_str),
            primary: position == 0,
            begins_on: None,
            ends_on: None,
        };
        roles.entry(&user.source_id).or_default().extend(user.orgs.iter().enumerate().map(of_org));
    }
    roles
}

impl<'a> Mapping<'a> {
    pub(super) fn people(&mut self) {
        for enrolment in &self.reading.enrolments.active {
            self.schools_of_users.entry(&enrolment.user).or_insert(&enrolment.school);
        }
        self.left = self.leavers();
        self.users();
        self.roles_alone();
        self.memberships();
        self.coverage();
        self.staff = self.staff();
        self.enrolments();
        self.groups_without_role();
    }

    fn users(&mut self) {
        let records = &self.reading.users;
        let left_out = &mut self.mapped.left_out;
        if records.mode == Mode::Bulk {
            left_out.users.clear();
            left_out.aliases.clear();
        }
        left_out.users.retain(|id| !records.deleted.contains_key(id));
        let mut seen: HashMap<(String, String), &str> = HashMap::new();
        let mut numbers: HashMap<(String, String), u32> = HashMap::new();
        for user in &records.active {
            let what = self.what_is(&user.source_id);
            if what == KnownUser::default() {
                self.mapped.left_out.users.insert(user.source_id.clone());
                self.mapped.skipped.users_without_role += 1;
                continue;
            }
            self.mapped.left_out.users.remove(&user.source_id);
            if what.student {
                self.student(user, &mut numbers);
            }
            if what.person {
                self.person(user, &mut seen);
            }
        }
    }

    /// What Glans sees in a user: from the roles of the bundle, else from what it is already.
    pub(super) fn what_is(&self, user: &str) -> KnownUser {
        let known = self.known.users.get(user).copied().unwrap_or_default();
        let known = KnownUser { student: known.student && !self.left.contains(user), ..known };
        let Some(roles) = self.roles.get(user) else {
            return if self.reading.users.mode == Mode::Bulk && self.reading.roles.mode != Mode::Absent {
                KnownUser::default()
            } else {
                known
            };
        };
        let before = if self.are_roles_whole() { KnownUser::default() } else { known };
        KnownUser {
            student: before.student || roles.iter().any(|role| role.word == RoleWord::Student),
            person: before.person || roles.iter().any(|role| !matches!(role.word, RoleWord::Student | RoleWord::Other)),
        }
    }

    /// Whether a user of whom there is a role has no other.
    fn are_roles_whole(&self) -> bool {
        self.reading.version == Version::V1p1 || self.reading.roles.mode == Mode::Bulk
    }

    fn student(&mut self, user: &'a User, numbers: &mut HashMap<(String, String), u32>) {
        let school = self.school_of(user);
        let known = self.known.users.get(&user.source_id).is_some_and(|known| known.student);
        if school.is_none() && !(known && self.reading.users.mode == Mode::Delta) {
            if self.reading.orgs.readable && self.reading.roles.readable && self.reading.enrolments.readable {
                let message = "the student belongs to no school; name one in its role or its enrolment";
                self.problems.error(Place::line("users.csv", user.line), message);
            }
            return;
        }
        let shown = format!("{} {}", user.given_name, user.family_name);
        let checked = students::rules::details(&shown, user.identifier.as_deref());
        let details = self.heed("users.csv", user.line, checked, |field, message| match field {
            "number" => ("identifier", message),
            _ => ("familyName", together(&message)),
        });
        let Some(students::rules::Details { display_name, number }) = details else { return };
        if let Some((school, number)) = school.clone().zip(number.clone())
            && let Some(line) = numbers.insert((school, number), user.line)
        {
            let message = format!("is the number of the student on line {line} already");
            self.problems.error(Place::cell("users.csv", user.line, "identifier"), message);
        }
        self.mapped.wanted.students.rows.push(wanted::Student {
            line: user.line,
            source_id: user.source_id.clone(),
            school,
            details: Some(wanted::StudentDetails { display_name, number }),
        });
    }

    /// The school that the bundle calls the first, else the one of the role, else the one of the first class.
    pub(super) fn school_of(&self, user: &'a User) -> Option<String> {
        let roles = self.roles.get(user.source_id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let student = |role: &&UserRole<'_>| role.word == RoleWord::Student;
        let primary = roles.iter().filter(student).filter(|role| role.primary).map(|role| role.org);
        let any = roles.iter().filter(student).map(|role| role.org);
        let enrolled = self.schools_of_users.get(user.source_id.as_str()).copied();
        let mut candidates = user.primary_org.as_deref().into_iter().chain(primary).chain(any).chain(enrolled);
        candidates.find(|org| self.org_kind(org) == Some(OrgKind::School)).map(str::to_owned)
    }

    /// People who stand in the file twice, by name and address, become one: two logins with one address cannot be.
    fn person(&mut self, user: &'a User, seen: &mut HashMap<(String, String), &'a str>) {
        if let Some(email) = &user.email {
            let name = format!("{} {}", user.given_name, user.family_name).to_lowercase();
            let first = *seen.entry((email.clone(), name)).or_insert(&user.source_id);
            if first != user.source_id {
                self.mapped.left_out.aliases.insert(user.source_id.clone(), first.to_owned());
                let message = format!("has the name and address of {}, and becomes one person with it", quoted(first));
                self.problems.notice(Place::cell("users.csv", user.line, "email"), message);
                return;
            }
        }
        let checked = persons::rules::Details {
            given_name: user.given_name.clone(),
            family_name: user.family_name.clone(),
            display_name: format!("{} {}", user.given_name, user.family_name),
            email: user.email.clone(),
            language: persons::rules::LANGUAGE.to_owned(),
            interpreter_needed: false,
        }
        .checked("");
        let details = self.heed("users.csv", user.line, checked, |field, message| match field {
            "email" => ("email", message),
            "givenName" => ("givenName", message),
            "familyName" => ("familyName", message),
            _ => ("familyName", together(&message)),
        });
        self.mapped.wanted.people.rows.extend(details.map(|details| wanted::Person {
            line: user.line,
            source_id: user.source_id.clone(),
            given_name: details.given_name,
            family_name: details.family_name,
            email: details.email,
        }));
    }

    fn memberships(&mut self) {
        let mut roles: Vec<(&str, UserRole<'_>)> =
            self.roles.iter().flat_map(|(&user, roles)| roles.iter().map(move |role| (user, role.clone()))).collect();
        roles.sort_by_key(|(_, role)| role.line);
        roles.retain(|(user, _)| !self.disabled.contains(user));
        for (user, role) in &roles {
            let Some((glans_role, scope)) = self.post(role) else { continue };
            self.mapped.wanted.memberships.rows.push(Membership {
                line: role.line,
                source_id: role.source_id.clone(),
                person: self.one_id(user),
                role: glans_role,
                scope,
                starts_on: role.begins_on,
                ends_on: role.ends_on,
            });
        }
    }

    /// The membership that follows from a role at an organisation; none where the two do not go together.
    fn post(&mut self, role: &UserRole<'_>) -> Option<(GlansRole, Scope)> {
        let kind = self.org_kind(role.org);
        let school = || Scope::School(role.org.to_owned());
        let post = match (role.word, kind) {
            (RoleWord::BoardAdmin, Some(OrgKind::District)) => (GlansRole::BoardAdmin, Scope::Board),
            // The district is not kept, so that in a delta file it is one of the organisations of no kind.
            (RoleWord::BoardAdmin, Some(OrgKind::Other)) if self.reading.orgs.mode != Mode::Bulk => {
                (GlansRole::BoardAdmin, Scope::Board)
            }
            (RoleWord::ClusterDirector, Some(OrgKind::Cluster)) => {
                (GlansRole::ClusterDirector, Scope::Cluster(role.org.to_owned()))
            }
            (RoleWord::SchoolLeader, Some(OrgKind::School)) => (GlansRole::SchoolLeader, school()),
            (RoleWord::Teacher, Some(OrgKind::School)) => (GlansRole::Teacher, school()),
            (RoleWord::Student | RoleWord::Guardian(_) | RoleWord::Other, _) => return None,
            (_, None) if !self.reading.orgs.readable => return None,
            _ => {
                let message = "gives no rights: the role and the type of the organisation do not go together";
                self.problems.notice(Place::cell(role.file, role.line, "role"), message);
                return None;
            }
        };
        Some(post)
    }

    fn enrolments(&mut self) {
        let mut places: HashMap<(&str, &str), u32> = HashMap::new();
        for enrolment in &self.reading.enrolments.active {
            if self.mapped.left_out.classes.contains(&enrolment.class) || enrolment.role == EnrolmentWord::Other {
                self.mapped.skipped.enrolments += 1;
                continue;
            }
            let what = self.what_is(&enrolment.user);
            let pair = (enrolment.user.as_str(), enrolment.class.as_str());
            match enrolment.role {
                EnrolmentWord::Student if what.student => {
                    if let Some(line) = places.insert(pair, enrolment.line) {
                        let message = format!("the student is in this class on line {line} already");
                        self.problems.error(Place::cell("enrollments.csv", enrolment.line, "userSourcedId"), message);
                        continue;
                    }
                    self.mapped.wanted.enrolments.rows.push(place(enrolment));
                }
                EnrolmentWord::Student => self.no_student(enrolment),
                _ => self.teaching(enrolment, what),
            }
        }
    }

    fn no_student(&mut self, enrolment: &Enrolment) {
        let (users, roles) = (&self.reading.users, &self.reading.roles);
        let broken =
            users.broken.contains(&enrolment.user) || !users.readable || !roles.readable || !roles.broken.is_empty();
        if !broken {
            let message = format!("{} is enrolled as a student and has no role as a student", quoted(&enrolment.user));
            self.problems.error(Place::cell("enrollments.csv", enrolment.line, "userSourcedId"), message);
        }
    }

    /// A teacher of a class group. Whoever is a guardian and nothing else gets no staff rights from a class list, nor
    /// from that of a delta, which need not repeat the role of a teacher.
    fn teaching(&mut self, enrolment: &Enrolment, what: KnownUser) {
        let roles = self.roles.get(enrolment.user.as_str()).map(Vec::as_slice).unwrap_or_default();
        let staff = |word| matches!(word, RoleWord::Teacher | RoleWord::SchoolLeader);
        let said_all = self.are_roles_whole() && !roles.is_empty();
        let known = !said_all && what.person && !what.student && self.staff.contains(&self.one_id(&enrolment.user));
        let is_staff = known || roles.iter().any(|role| staff(role.word));
        if !is_staff {
            let message = if said_all || self.reading.users.mode == Mode::Bulk {
                "gives no rights: the user is no teacher in the list of users".to_owned()
            } else {
                format!("gives no rights: the user is no teacher so far; send the role along, in {}", self.role_file())
            };
            self.problems.notice(Place::cell("enrollments.csv", enrolment.line, "role"), message);
        }
        if !is_staff || self.disabled.contains(enrolment.user.as_str()) {
            self.mapped.skipped.enrolments += 1;
            return;
        }
        self.mapped.wanted.memberships.rows.push(Membership {
            line: enrolment.line,
            source_id: format!("enrolment:{}", enrolment.source_id),
            person: self.one_id(&enrolment.user),
            role: GlansRole::Teacher,
            scope: Scope::Group(enrolment.class.clone()),
            starts_on: enrolment.begins_on,
            ends_on: enrolment.ends_on,
        });
    }

    pub(super) fn org_kind(&self, org: &str) -> Option<OrgKind> {
        self.org_kinds.get(org).copied()
    }
}

/// The name that is shown stands in two columns.
fn together(message: &str) -> String {
    format!("given and family name together: {message}")
}

fn place(enrolment: &Enrolment) -> wanted::Enrolment {
    wanted::Enrolment {
        line: enrolment.line,
        source_id: enrolment.source_id.clone(),
        student: enrolment.user.clone(),
        group: enrolment.class.clone(),
        starts_on: enrolment.begins_on,
        ends_on: enrolment.ends_on,
    }
}
