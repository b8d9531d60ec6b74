//! Who is whose guardian: `agentSourcedIds` says that two users are related, `relationships.csv` how, and
//! `guardianships.csv` what the guardian may see. Each says more than the one before it, and overrules it.

use std::collections::{HashMap, HashSet};

use glans_entity::people::GuardianRelationship;

use super::{Mapping, covered};
use crate::roster::oneroster::links::{GUARDIANSHIPS_FILE, RELATIONSHIPS_FILE};
use crate::roster::oneroster::manifest::Mode;
use crate::roster::oneroster::rows::User;
use crate::roster::oneroster::words::{Relation, RoleWord};
use crate::roster::problem::{Place, quoted};
use crate::roster::wanted::Guardianship;

/// How the source ids of links begin that stand in `agentSourcedIds`: in the row of the student, and in that of the
/// guardian. The id of whose row it is follows.
const OF_STUDENT: &str = "agents:";
const OF_GUARDIAN: &str = "agentsOf:";

/// Links by student and guardian, in the order in which they were met.
#[derive(Default)]
struct Links {
    rows: Vec<Guardianship>,
    by_pair: HashMap<(String, String), usize>,
}

impl Links {
    /// The link between two people; a new one where there is none, under the id of what states it first.
    fn between(&mut self, student: &str, guardian: String, origin: &str, line: u32) -> &mut Guardianship {
        let source_id = format!("{origin}:{student}:{guardian}");
        self.stated_as(source_id, student, guardian, line)
    }

    fn stated_as(&mut self, source_id: String, student: &str, guardian: String, line: u32) -> &mut Guardianship {
        let position = *self.by_pair.entry((student.to_owned(), guardian.clone())).or_insert_with(|| {
            self.rows.push(Guardianship {
                line,
                source_id,
                guardian,
                student: student.to_owned(),
                relationship: None,
                access: None,
                legal_authority: None,
                contact_priority: None,
                starts_on: None,
                ends_on: None,
            });
            self.rows.len() - 1
        });
        &mut self.rows[position]
    }
}

impl<'a> Mapping<'a> {
    pub(super) fn links(&mut self) {
        self.lose_links();
        let mut links = Links::default();
        let partly = self.agents(&mut links);
        self.relationships(&mut links);
        self.guardianships(&mut links);
        let section = &mut self.mapped.wanted.guardianships;
        section.rows = links.rows;
        let mode = self.reading.users.mode;
        section.complete = covered(mode, OF_STUDENT);
        section.complete.extend(covered(mode, OF_GUARDIAN));
        // A row says of its user all that there is to say, and nothing of what stands with the other. A guardian of whom a delta
        // has another role alone is not understood whole.
        let users = self.reading.users.active.iter().map(|user| user.source_id.as_str());
        let guardians = users.clone().filter(|id| !partly.contains(id)).map(|id| format!("{OF_GUARDIAN}{id}"));
        section.restated = users.map(|id| format!("{OF_STUDENT}{id}")).chain(guardians).collect();
        if self.reading.has_relationships {
            section.complete.extend(covered(mode, "relationships:"));
        }
        if self.reading.has_guardianships {
            section.complete.extend(covered(mode, "guardianships:"));
        }
    }

    /// The link may stand with the pupil, with the guardian, or with both. Answers of whom something was passed over.
    fn agents(&mut self, links: &mut Links) -> HashSet<&'a str> {
        let mut partly = HashSet::new();
        let reading = self.reading;
        for user in &reading.users.active {
            for agent in &user.agents {
                let (one, other) = (user.source_id.as_str(), agent.as_str());
                let pair = self.guardian_of(one, other).map(|relation| (one, other, relation));
                let pair = pair.or_else(|| self.guardian_of(other, one).map(|relation| (other, one, relation)));
                let Some((student, guardian, relation)) = pair else {
                    self.mapped.skipped.links += 1;
                    partly.insert(user.source_id.as_str());
                    self.left_out(user, agent);
                    continue;
                };
                let person = self.one_id(guardian);
                let source_id = if one == student {
                    format!("{OF_STUDENT}{student}:{person}")
                } else {
                    format!("{OF_GUARDIAN}{guardian}:{student}")
                };
                let link = links.stated_as(source_id, student, person, user.line);
                link.relationship = link.relationship.or(relation);
            }
        }
        partly
    }

    /// Says what a delta has to hold for a student and another to become related. Of a bulk file, which holds all roles
    /// that there are, a count is enough.
    fn left_out(&mut self, user: &User, agent: &str) {
        let (one, other) = (self.what_is(&user.source_id).student, self.what_is(agent).student);
        if self.reading.users.mode == Mode::Bulk || one == other {
            return;
        }
        let (student, guardian) = if one { (user.source_id.as_str(), agent) } else { (agent, user.source_id.as_str()) };
        let links = self.known.guardians.get(&self.one_id(guardian));
        if links.is_some_and(|links| links.iter().any(|link| link.student == student)) {
            // What a delta has of the guardian is another role, and the link stays.
            return;
        }
        let message = format!(
            "{} has no role as guardian, parent or relative, and the two are not linked; send that role along, in {}",
            quoted(guardian),
            self.role_file()
        );
        self.problems.notice(Place::cell("users.csv", user.line, "agentSourcedIds"), message);
    }

    /// Whether `agent` can be a guardian of `student`, and if so, what the role says of their relation.
    #[expect(clippy::option_option, reason = "no guardian, and a guardian of unknown relation, are two answers")]
    fn guardian_of(&self, student: &str, agent: &str) -> Option<Option<GuardianRelationship>> {
        if !self.what_is(student).student || !self.what_is(agent).person {
            return None;
        }
        let Some(roles) = self.roles.get(agent) else {
            // A delta file need not repeat the role of a guardian who is known. Of staff, related says nothing of that.
            let known = self.stays_guardian(&self.one_id(agent), student);
            return (self.reading.users.mode != Mode::Bulk && known).then_some(None);
        };
        roles.iter().find_map(|role| match role.word {
            RoleWord::Guardian(relation) => Some(Some(relationship(relation))),
            _ => None,
        })
    }

    fn relationships(&mut self, links: &mut Links) {
        let mut seen: HashMap<(&str, &str), (Relation, u32)> = HashMap::new();
        for row in &self.reading.relationships.rows {
            let Some(relation) = row.relation else {
                self.mapped.skipped.links += 1;
                continue;
            };
            let place = Place::line(RELATIONSHIPS_FILE, row.line);
            let earlier = seen.insert((&row.student, &row.guardian), (relation, row.line));
            if let Some((_, line)) = earlier.filter(|(earlier, _)| *earlier != relation) {
                let message = format!("these two stand on line {line} with another role; the role on this line counts");
                self.problems.notice(place.clone(), message);
            }
            if self.are_student_and_person(&row.student, &row.guardian, place) {
                let link = links.between(&row.student, self.one_id(&row.guardian), "relationships", row.line);
                link.relationship = Some(relationship(relation));
            }
        }
    }

    fn guardianships(&mut self, links: &mut Links) {
        let mut seen: HashMap<(&str, &str), u32> = HashMap::new();
        for row in &self.reading.guardianships.rows {
            let place = Place::line(GUARDIANSHIPS_FILE, row.line);
            if let Some(line) = seen.insert((&row.student, &row.guardian), row.line) {
                let message = format!("this student and this guardian stand on line {line} already");
                self.problems.error(place, message);
                continue;
            }
            if !self.are_student_and_person(&row.student, &row.guardian, place) {
                continue;
            }
            let guardian = self.one_id(&row.guardian);
            if let Some(locale) = &row.locale {
                self.mapped.wanted.languages.insert(guardian.clone(), locale.clone());
            }
            let link = links.between(&row.student, guardian, "guardianships", row.line);
            link.line = row.line;
            link.relationship = row.relation.map(relationship).or(link.relationship);
            (link.access, link.legal_authority) = (row.access, row.legal_authority);
            link.contact_priority = row.contact_priority.map(i32::from);
            (link.starts_on, link.ends_on) = (row.valid_from, row.valid_to);
        }
    }

    fn are_student_and_person(&mut self, student: &str, guardian: &str, place: Place) -> bool {
        let users = &self.reading.users;
        if !users.readable || users.broken.contains(student) || users.broken.contains(guardian) {
            return false;
        }
        // Ids that resolve nowhere were reported with the references.
        let exists = |id: &str| self.known.users.contains_key(id) || self.roles.contains_key(id);
        let (is_student, is_person) = (self.what_is(student).student, self.what_is(guardian).person);
        if !is_student && exists(student) {
            self.problems.error(place.clone(), format!("{} is no student", quoted(student)));
        }
        if !is_person && exists(guardian) {
            self.problems.error(place, format!("{} has no role as a guardian or as staff", quoted(guardian)));
        }
        is_student && is_person
    }
}

fn relationship(relation: Relation) -> GuardianRelationship {
    match relation {
        Relation::Parent => GuardianRelationship::Parent,
        Relation::StepParent => GuardianRelationship::StepParent,
        Relation::FosterParent => GuardianRelationship::FosterParent,
        Relation::Grandparent => GuardianRelationship::Grandparent,
        Relation::LegalGuardian => GuardianRelationship::LegalGuardian,
        Relation::Other => GuardianRelationship::Other,
    }
}
