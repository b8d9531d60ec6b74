//! Persons and students. Who is not in a complete list any more is kept and counts no longer; who was erased stays so.

use std::collections::{HashMap, HashSet};

use glans_entity::ids::{PersonId, SchoolId, StudentId};
use glans_entity::people::{person, student};

use super::changes::{Cell, Changes, Matching, pair};
use super::{Moment, Names};
use crate::roster::problem::Problems;
use crate::roster::wanted::{Person, Section, Student, StudentDetails};

/// The language of who has not said otherwise.
const DEFAULT_LANGUAGE: &str = "nl";

/// People by source id, and who of them is out.
#[derive(Debug)]
pub(super) struct Folk<Id> {
    /// Without the erased: nothing is tied to them again.
    pub ids: Names<Id>,
    pub ended: HashSet<Id>,
    /// Roster-made ones that counted before.
    pub active: usize,
}

/// A person whom nobody's roster claims yet is taken over by address, where both sides have it once.
pub(super) fn people(
    section: &Section<Person>,
    languages: &HashMap<String, String>,
    stored: Vec<person::Model>,
    at: Moment,
    problems: &mut Problems,
) -> (Changes<person::Model>, Folk<PersonId>) {
    let mut changes = Changes::default();
    let mut folk = Folk {
        ids: stored
            .iter()
            .filter(|row| row.erased_at.is_none())
            .filter_map(|row| Some((row.source_id.clone()?, row.id)))
            .collect(),
        ended: HashSet::new(),
        active: stored.iter().filter(|row| counts(row)).count(),
    };
    let free = addresses(stored.iter().filter(|row| row.source_id.is_none() && row.erased_at.is_none()));
    let wanted = once(section.rows.iter().filter_map(|wanted| wanted.email.as_deref()));
    let key =
        |email: Option<&str>| email.filter(|email| free.contains(*email) && wanted.contains(*email)).map(str::to_owned);
    let matching = Matching {
        source: |wanted: &Person| (&wanted.source_id, wanted.line),
        wanted_key: &|wanted| key(wanted.email.as_deref()),
        stored_key: &|row: &person::Model| {
            key(row.email.as_deref().filter(|_| row.source_id.is_none()).map(str::to_lowercase).as_deref())
        },
        gone: |_| false,
        same: |_, _| true,
        cell: |_| Cell { file: "users.csv", column: "email", what: "address of another person" },
    };
    let (pairs, rest) = pair(section, stored, &matching, problems);
    for (wanted, found) in pairs {
        if let Some(before) = found.as_ref().filter(|row| row.erased_at.is_some()) {
            folk.ids.remove(&wanted.source_id);
            changes.settle(before.clone(), before.clone(), at.now);
            continue;
        }
        let after = wanted_person(wanted, found.as_ref(), languages, at);
        folk.ids.insert(wanted.source_id.clone(), after.id);
        match found {
            Some(before) => changes.settle(before, after, at.now),
            None => changes.create(after),
        }
    }
    for before in rest.into_iter().map(|rest| rest.row) {
        let Some(source) = before.source_id.as_deref() else { continue };
        if counts(&before) && section.ends(source) {
            folk.ended.insert(before.id);
            let after = person::Model { archived_at: Some(at.now), ..before.clone() };
            changes.end(before, after, at.now);
        } else if let Some(language) = stated_language(languages, source, &before) {
            let after = person::Model { language, ..before.clone() };
            changes.settle(before, after, at.now);
        }
    }
    (changes, folk)
}

fn counts(row: &person::Model) -> bool {
    row.source_id.is_some() && row.archived_at.is_none() && row.erased_at.is_none()
}

fn wanted_person(
    wanted: &Person,
    found: Option<&person::Model>,
    languages: &HashMap<String, String>,
    at: Moment,
) -> person::Model {
    let row = found.cloned().unwrap_or_else(|| person::Model {
        id: PersonId::new(),
        board_id: at.board,
        account_id: None,
        given_name: String::new(),
        family_name: String::new(),
        display_name: String::new(),
        email: None,
        language: DEFAULT_LANGUAGE.to_owned(),
        interpreter_needed: false,
        source_id: None,
        archived_at: None,
        erased_at: None,
        created_at: at.now,
        updated_at: at.now,
        version: 1,
    });
    person::Model {
        given_name: wanted.given_name.clone(),
        family_name: wanted.family_name.clone(),
        display_name: format!("{} {}", wanted.given_name, wanted.family_name),
        email: wanted.email.clone(),
        language: stated_language(languages, &wanted.source_id, &row).unwrap_or_else(|| row.language.clone()),
        source_id: Some(wanted.source_id.clone()),
        archived_at: None,
        ..row
    }
}

/// Who has an account chooses the language there.
fn stated_language(languages: &HashMap<String, String>, source: &str, row: &person::Model) -> Option<String> {
    languages.get(source).filter(|_| row.account_id.is_none() && row.erased_at.is_none()).cloned()
}

/// Addresses that exactly one of the rows has.
fn addresses<'a>(rows: impl Iterator<Item = &'a person::Model>) -> HashSet<String> {
    let addresses: Vec<String> = rows.filter_map(|row| row.email.as_deref().map(str::to_lowercase)).collect();
    once(addresses.iter().map(String::as_str)).into_iter().map(str::to_owned).collect()
}

fn once<'a>(values: impl Iterator<Item = &'a str>) -> HashSet<&'a str> {
    let mut counted: HashMap<&str, usize> = HashMap::new();
    for value in values {
        *counted.entry(value).or_default() += 1;
    }
    counted.into_iter().filter(|&(_, count)| count == 1).map(|(value, _)| value).collect()
}

/// What is to make a student one among those of a school.
struct Entry {
    school: Option<SchoolId>,
    number: Option<String>,
}

/// That of each student that is wanted; what a file leaves unsaid is as stored.
fn entries<'w>(
    section: &'w Section<Student>,
    stored: &[student::Model],
    schools: &Names<SchoolId>,
) -> HashMap<&'w str, Entry> {
    let rows: HashMap<&str, &student::Model> =
        stored.iter().filter_map(|row| Some((row.source_id.as_deref()?, row))).collect();
    let entry = |wanted: &Student| {
        let row = rows.get(wanted.source_id.as_str());
        let school = match &wanted.school {
            Some(school) => schools.get(school).copied(),
            None => row.map(|row| row.school_id),
        };
        let number = match &wanted.details {
            Some(details) => details.number.clone(),
            None => row.and_then(|row| row.number.clone()),
        };
        Entry { school, number }
    };
    section.rows.iter().map(|wanted| (wanted.source_id.as_str(), entry(wanted))).collect()
}

pub(super) fn students(
    section: &Section<Student>,
    stored: Vec<student::Model>,
    schools: &Names<SchoolId>,
    at: Moment,
    problems: &mut Problems,
) -> (Changes<student::Model>, Folk<StudentId>) {
    let mut changes = Changes::default();
    let mut folk = Folk {
        ids: stored
            .iter()
            .filter(|row| row.erased_at.is_none())
            .filter_map(|row| Some((row.source_id.clone()?, row.id)))
            .collect(),
        ended: HashSet::new(),
        active: stored.iter().filter(|row| attends(row)).count(),
    };
    let entries = entries(section, &stored, schools);
    let school = |wanted: &Student| entries.get(wanted.source_id.as_str()).and_then(|entry| entry.school);
    let number = |wanted: &Student| entries.get(wanted.source_id.as_str()).and_then(|entry| entry.number.clone());
    let matching = Matching {
        source: |wanted: &Student| (&wanted.source_id, wanted.line),
        wanted_key: &|wanted| school(wanted).zip(number(wanted)),
        stored_key: &|row: &student::Model| Some((row.school_id, row.number.clone()?)),
        gone: |row| row.left_on.is_some() || row.erased_at.is_some(),
        // A number that is given out again is another child, who must not get the history of the first.
        same: |wanted, row| {
            let named = |details: &StudentDetails| details.display_name == row.display_name;
            wanted.details.as_ref().is_some_and(named) && row.erased_at.is_none()
        },
        cell: |wanted| match wanted.details {
            Some(_) => {
                Cell { file: "users.csv", column: "identifier", what: "number of another student of this school" }
            }
            None => {
                Cell { file: "roles.csv", column: "orgSourcedId", what: "school of another student of this number" }
            }
        },
    };
    let (pairs, rest) = pair(section, stored, &matching, problems);
    for (wanted, found) in pairs {
        if let Some(before) = found.as_ref().filter(|row| row.erased_at.is_some()) {
            folk.ids.remove(&wanted.source_id);
            changes.settle(before.clone(), before.clone(), at.now);
            continue;
        }
        let stated = wanted.details.as_ref().map(|details| &details.display_name);
        let name = stated.or(found.as_ref().map(|row| &row.display_name)).cloned();
        let Some((school_id, display_name)) = school(wanted).zip(name) else { continue };
        let after = student::Model {
            id: found.as_ref().map_or_else(StudentId::new, |row| row.id),
            board_id: at.board,
            school_id,
            display_name,
            number: number(wanted),
            source_id: Some(wanted.source_id.clone()),
            left_on: None,
            erased_at: None,
            created_at: found.as_ref().map_or(at.now, |row| row.created_at),
            updated_at: found.as_ref().map_or(at.now, |row| row.updated_at),
            version: found.as_ref().map_or(1, |row| row.version),
        };
        folk.ids.insert(wanted.source_id.clone(), after.id);
        match found {
            Some(before) => changes.settle(before, after, at.now),
            None => changes.create(after),
        }
    }
    for rest in rest {
        let (kept, before) = (rest.kept(), rest.row);
        if attends(&before) && before.source_id.as_deref().is_some_and(|id| section.ends(id)) {
            folk.ended.insert(before.id);
            changes.end(before, student::Model { left_on: Some(at.today), ..kept }, at.now);
        } else if rest.loses_key {
            changes.settle(before, kept, at.now);
        }
    }
    (changes, folk)
}

fn attends(row: &student::Model) -> bool {
    row.source_id.is_some() && row.left_on.is_none() && row.erased_at.is_none()
}
