//! Organisations, school years and class groups.

use std::collections::{HashMap, HashSet};

use super::{Mapping, covered};
use crate::organisation::school_years::rules;
use crate::roster::oneroster::manifest::Mode;
use crate::roster::oneroster::rows::{Class, Org, Session};
use crate::roster::oneroster::words::{ClassKind, OrgKind, SessionKind};
use crate::roster::problem::{Place, quoted};
use crate::roster::wanted::{Cluster, Group, School, Year};

/// Longest chain of parents that is followed; a longer one is a circle.
const DEEPEST: usize = 16;

impl Mapping<'_> {
    pub(super) fn organisation(&mut self) {
        self.orgs();
        self.sessions();
        self.classes();
    }

    fn orgs(&mut self) {
        let records = &self.reading.orgs;
        let by_id: HashMap<&str, &Org> = records.active.iter().map(|org| (org.source_id.as_str(), org)).collect();
        let left_out = &mut self.mapped.left_out.orgs;
        if records.mode == Mode::Bulk {
            left_out.clear();
        }
        left_out.retain(|id| !records.deleted.contains_key(id));
        for org in &records.active {
            match org.kind {
                OrgKind::District | OrgKind::Other => drop(self.mapped.left_out.orgs.insert(org.source_id.clone())),
                OrgKind::Cluster => self.mapped.wanted.clusters.rows.push(Cluster {
                    line: org.line,
                    source_id: org.source_id.clone(),
                    name: org.name.clone(),
                }),
                OrgKind::School => {
                    let cluster = self.cluster_above(org, &by_id);
                    let code = self.school_code(org);
                    let (line, source_id, name) = (org.line, org.source_id.clone(), org.name.clone());
                    self.mapped.wanted.schools.rows.push(School { line, source_id, name, code, cluster });
                }
            }
        }
        self.districts();
        let gone: HashSet<String> = records.deleted.keys().cloned().collect();
        let wanted = &mut self.mapped.wanted;
        (wanted.clusters.gone, wanted.schools.gone) = (gone.clone(), gone);
        wanted.clusters.complete = covered(records.mode, "");
        wanted.schools.complete = covered(records.mode, "");
    }

    /// A bundle of another board is the one mistake that cannot be seen from the rows below it.
    fn districts(&mut self) {
        let mut districts = self.reading.orgs.active.iter().filter(|org| org.kind == OrgKind::District);
        let Some(district) = districts.next() else { return };
        if let Some(second) = districts.next() {
            let place = Place::cell("orgs.csv", second.line, "type");
            self.problems.error(place, "is a second district; a bundle is of one board");
        }
        let digits: String =
            district.identifier.iter().flat_map(|id| id.chars()).filter(char::is_ascii_digit).collect();
        if let Some(number) = self.known.board_number.as_deref()
            && digits.len() == 5
            && digits != number
        {
            let message = format!("the bundle is of board {digits}, and would go into board {number}");
            self.problems.error(Place::cell("orgs.csv", district.line, "identifier"), message);
        }
    }

    fn cluster_above(&self, school: &Org, by_id: &HashMap<&str, &Org>) -> Option<String> {
        let mut parent = school.parent.as_deref()?;
        for _ in 0..DEEPEST {
            match by_id.get(parent) {
                Some(org) if org.kind == OrgKind::Cluster => return Some(parent.to_owned()),
                Some(org) => parent = org.parent.as_deref()?,
                None => {
                    let stored =
                        self.reading.orgs.mode != Mode::Bulk && self.known.orgs.get(parent) == Some(&OrgKind::Cluster);
                    return stored.then(|| parent.to_owned());
                }
            }
        }
        None
    }

    fn school_code(&mut self, school: &Org) -> Option<(String, String)> {
        let identifier = school.identifier.as_deref()?;
        let code = brin_and_location(identifier);
        if code.is_none() {
            let message =
                format!("{} is no BRIN with location code, as 03AB00; the school goes without", quoted(identifier));
            self.problems.notice(Place::cell("orgs.csv", school.line, "identifier"), message);
        }
        code
    }

    fn sessions(&mut self) {
        let records = &self.reading.sessions;
        let known = &mut self.mapped.left_out.sessions;
        if records.mode == Mode::Bulk {
            known.clear();
        }
        known.retain(|id, _| !records.deleted.contains_key(id));
        let by_id: HashMap<&str, &Session> = records.active.iter().map(|s| (s.source_id.as_str(), s)).collect();
        for session in &records.active {
            let year = year_of(session, &by_id, known);
            known.insert(session.source_id.clone(), year);
        }
        for session in records.active.iter().filter(|session| session.kind == SessionKind::SchoolYear) {
            self.year(session);
        }
        let years = &mut self.mapped.wanted.years;
        years.gone = records.deleted.keys().cloned().collect();
        years.complete = covered(records.mode, "");
        self.years_follow_one_another();
    }

    /// A school year as a mutation takes it.
    fn year(&mut self, session: &Session) {
        let checked = rules::details(Some(&session.title), session.starts_on, Some(session.ends_on), self.today);
        let details = self.heed("academicSessions.csv", session.line, checked, |field, message| match field {
            "title" => ("title", message),
            "startsOn" => ("startDate", message),
            _ => ("endDate", message),
        });
        self.mapped.wanted.years.rows.extend(details.map(|details| Year {
            line: session.line,
            source_id: session.source_id.clone(),
            title: details.title,
            starts_on: details.starts_on,
            ends_on: details.ends_on,
        }));
    }

    fn years_follow_one_another(&mut self) {
        let days = |year: &Year| (year.starts_on, year.ends_on);
        let mut years: Vec<&Year> = self.mapped.wanted.years.rows.iter().collect();
        years.sort_by_key(|year| (year.starts_on, year.line));
        let mut longest: Option<&Year> = None;
        for year in years {
            if let Some(other) = longest.filter(|other| rules::overlap(days(other), days(year))) {
                let line = other.line;
                let message =
                    format!("the school year on line {line} has some of these days; a board has one year at a time");
                self.problems.error(Place::cell("academicSessions.csv", year.line, "startDate"), message);
            }
            longest = longest.filter(|other| other.ends_on >= year.ends_on).or(Some(year));
        }
    }

    fn classes(&mut self) {
        let records = &self.reading.classes;
        let left_out = &mut self.mapped.left_out.classes;
        if records.mode == Mode::Bulk {
            left_out.clear();
        }
        left_out.retain(|id| !records.deleted.contains_key(id));
        let mut names = HashMap::new();
        for class in &records.active {
            if class.kind == ClassKind::Scheduled {
                self.mapped.left_out.classes.insert(class.source_id.clone());
                self.mapped.skipped.scheduled_classes += 1;
                continue;
            }
            self.mapped.left_out.classes.remove(&class.source_id);
            let Some(year) = self.year_of_class(class) else { continue };
            if let Some(line) = names.insert((class.school.as_str(), year.clone(), class.title.as_str()), class.line) {
                let message = format!("the school has a class of this name on line {line} already");
                self.problems.error(Place::cell("classes.csv", class.line, "title"), message);
            }
            self.mapped.wanted.groups.rows.push(Group {
                line: class.line,
                source_id: class.source_id.clone(),
                school: class.school.clone(),
                year,
                name: class.title.clone(),
                grades: class.grades.clone(),
            });
        }
        self.mapped.wanted.groups.gone = records.deleted.keys().cloned().collect();
        self.mapped.wanted.groups.complete = covered(records.mode, "");
        self.schools_without_homeroom();
    }

    fn year_of_class(&mut self, class: &Class) -> Option<String> {
        let sessions = &self.mapped.left_out.sessions;
        let year = class.terms.iter().find_map(|term| sessions.get(term).cloned().flatten());
        let reported = class.terms.iter().any(|term| !sessions.contains_key(term));
        if year.is_none() && !reported {
            let message = "no session of type schoolYear covers these terms; add it to academicSessions.csv";
            self.problems.error(Place::cell("classes.csv", class.line, "termSourcedIds"), message);
        }
        year
    }

    fn schools_without_homeroom(&mut self) {
        let of_kind = |kind| {
            let classes = self.reading.classes.active.iter().filter(move |class| class.kind == kind);
            classes.map(|class| class.school.as_str()).collect::<HashSet<&str>>()
        };
        let (with, timetabled) = (of_kind(ClassKind::Homeroom), of_kind(ClassKind::Scheduled));
        let without: HashSet<&str> = timetabled.difference(&with).copied().collect();
        for school in self.reading.orgs.active.iter().filter(|org| without.contains(org.source_id.as_str())) {
            let message = "all classes of this school are scheduled and none is a homeroom; it gets no class groups";
            self.problems.notice(Place::line("orgs.csv", school.line), message);
        }
    }
}

/// The school year of a session: itself, one above it, or else the only one of the same number.
fn year_of(
    session: &Session,
    by_id: &HashMap<&str, &Session>,
    known: &HashMap<String, Option<String>>,
) -> Option<String> {
    let mut at = session;
    for _ in 0..DEEPEST {
        if at.kind == SessionKind::SchoolYear {
            return Some(at.source_id.clone());
        }
        let Some(parent) = at.parent.as_deref() else { break };
        match by_id.get(parent) {
            Some(above) => at = above,
            None => return known.get(parent).cloned().flatten(),
        }
    }
    let same = |other: &&&Session| other.kind == SessionKind::SchoolYear && other.school_year == session.school_year;
    let mut years = by_id.values().filter(same);
    match (years.next(), years.next()) {
        (Some(year), None) => Some(year.source_id.clone()),
        _ => None,
    }
}

/// `03AB00`, `03AB-00` or `03AB`, which is its main location.
fn brin_and_location(identifier: &str) -> Option<(String, String)> {
    let plain: String = identifier.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let (brin, location) = (plain.get(..4)?, plain.get(4..)?);
    let (digits, letters) = brin.split_at(2);
    let sound = digits.bytes().all(|b| b.is_ascii_digit()) && letters.bytes().all(|b| b.is_ascii_uppercase());
    let location = if location.is_empty() { "00" } else { location };
    let sound = sound && location.len() == 2 && location.bytes().all(|b| b.is_ascii_digit());
    sound.then(|| (brin.to_owned(), location.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_school_codes_as_they_are_written() {
        let code = |brin: &str, location: &str| Some((brin.to_owned(), location.to_owned()));
        assert_eq!(brin_and_location("03AB02"), code("03AB", "02"));
        assert_eq!(brin_and_location("03ab-02"), code("03AB", "02"));
        assert_eq!(brin_and_location("03AB"), code("03AB", "00"));
        for wrong in ["", "3AB00", "03AB0", "03AB000", "ABCD00", "0345", "000000", "é3AB00"] {
            assert_eq!(brin_and_location(wrong), None, "{wrong}");
        }
    }
}
