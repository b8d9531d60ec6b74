//! Persons and students. Who is not in a complete list any more is kept and counts no longer; who was erased stays so.

use std::collections::{HashMap, HashSet};

use glans_entity::ids::{PersonId, SchoolId, StudentId};
use glans_entity::people::{person, student};

use super::changes::{Cell, Changes, pair};
use super::{Moment, Names};
use crate::roster::problem::Problems;
use crate::roster::wanted::{Person, Section, Student};

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
    let cell = Cell { file: "users.csv", column: "email", what: "address of another person" };
    let (pairs, rest) = pair(
        section,
        stored,
        |wanted| (&wanted.source_id, wanted.line),
        |wanted| key(wanted.email.as_deref()),
        |row| key(row.email.as_deref().filter(|_| row.source_id.is_none()).map(str::to_lowercase).as_deref()),
        cell,
        problems,
    );
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
    for before in rest {
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
    let places: HashMap<&str, SchoolId> =
        stored.iter().filter_map(|row| Some((row.source_id.as_deref()?, row.school_id))).collect();
    let school_of = |wanted: &Student| match &wanted.school {
        Some(school) => schools.get(school).copied(),
        None => places.get(wanted.source_id.as_str()).copied(),
    };
    let at_school: Vec<Option<SchoolId>> = section.rows.iter().map(school_of).collect();
    let by_source: HashMap<&str, Option<SchoolId>> =
        section.rows.iter().map(|row| row.source_id.as_str()).zip(at_school).collect();
    let school = |wanted: &Student| by_source.get(wanted.source_id.as_str()).copied().flatten();
    let cell = Cell { file: "users.csv", column: "identifier", what: "number of another student of this school" };
    let (pairs, rest) = pair(
        section,
        stored,
        |wanted| (&wanted.source_id, wanted.line),
        |wanted| school(wanted).zip(wanted.number.clone()),
        |row| row.number.clone().filter(|_| row.erased_at.is_none()).map(|number| (row.school_id, number)),
        cell,
        problems,
    );
    for (wanted, found) in pairs {
        if let Some(before) = found.as_ref().filter(|row| row.erased_at.is_some()) {
            folk.ids.remove(&wanted.source_id);
            changes.settle(before.clone(), before.clone(), at.now);
            continue;
        }
        let Some(school_id) = school(wanted) else { continue };
        let after = student::Model {
            id: found.as_ref().map_or_else(StudentId::new, |row| row.id),
            board_id: at.board,
            school_id,
            display_name: wanted.display_name.clone(),
            number: wanted.number.clone(),
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
    for before in rest {
        if attends(&before) && before.source_id.as_deref().is_some_and(|id| section.ends(id)) {
            folk.ended.insert(before.id);
            let after = student::Model { left_on: Some(at.today), ..before.clone() };
            changes.end(before, after, at.now);
        }
    }
    (changes, folk)
}

fn attends(row: &student::Model) -> bool {
    row.source_id.is_some() && row.left_on.is_none() && row.erased_at.is_none()
}
