//! Links of guardians and students.
//!
//! A link that exists keeps the access and the status that the school gave it; a file only narrows, and ends a link whose
//! last day it states when that day is over. A link that was ended and is named again waits for the school, unless it was ended by hand: then it stays ended (such a one still has
//! its source id; an import that ends a link lets go of it).

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use glans_entity::ids::{GuardianshipId, PersonId, StudentId};
use glans_entity::people::{GuardianAccess, GuardianRelationship, GuardianshipStatus, guardianship};

use super::changes::Changes;
use super::people::Folk;
use super::{Moment, Names};
use crate::roster::oneroster::words::StatedAccess;
use crate::roster::problem::{Place, Problems};
use crate::roster::rules::{self, Sign};
use crate::roster::wanted::{Guardianship, Section};

type Pair = (StudentId, PersonId);

pub(super) fn guardianships(
    section: &Section<Guardianship>,
    stored: Vec<guardianship::Model>,
    students: &Folk<StudentId>,
    people: &Folk<PersonId>,
    at: Moment,
    problems: &mut Problems,
) -> Changes<guardianship::Model> {
    let mut changes = Changes::default();
    let mut by_pair: HashMap<Pair, guardianship::Model> =
        stored.into_iter().map(|row| ((row.student_id, row.guardian_id), row)).collect();
    let resolved = resolved(section, &students.ids, &people.ids);
    let (over, wanted): (Vec<_>, Vec<_>) =
        resolved.into_iter().partition(|(_, link)| link.ends_on.is_some_and(|ends| ends < at.today));
    let separated = separated(&wanted, &by_pair);
    for &(pair, link) in &wanted {
        match by_pair.remove(&pair) {
            None => changes.create(new(link, pair, separated.contains(&pair.0), at)),
            Some(before) => {
                if rules::would_widen(before.access, link.access) {
                    let message = "would widen what this guardian may see; the school does that in Glans itself";
                    problems.notice(Place::cell("guardianships.csv", link.line, "accessLevel"), message);
                }
                let after = kept(link, &before, at);
                changes.settle(before, after, at.now);
            }
        }
    }
    for (pair, link) in over {
        match by_pair.remove(&pair) {
            None => {
                let message = "lies in the past, and there is no such guardianship to end";
                problems.notice(Place::cell("guardianships.csv", link.line, "validTo"), message);
            }
            // Ended already, or the school's own, of which it may have decided since.
            Some(before) if before.status == GuardianshipStatus::Ended || before.source_id.is_none() => {}
            Some(before) => {
                let after = ended(&before, link.ends_on);
                end(&mut changes, before, after, at);
            }
        }
    }
    let mut rest: Vec<_> = by_pair.into_values().collect();
    rest.sort_by_key(|row| row.id);
    for before in rest {
        let Some(source) = before.source_id.as_deref() else { continue };
        let gone = people.ended.contains(&before.guardian_id) || students.ended.contains(&before.student_id);
        if before.status != GuardianshipStatus::Ended && (gone || section.ends(source)) {
            let after = ended(&before, Some(at.today));
            end(&mut changes, before, after, at);
        }
    }
    changes
}

/// Ends a link. One whose own last day had passed is no loss that anybody has to accept.
fn end(
    changes: &mut Changes<guardianship::Model>,
    before: guardianship::Model,
    after: guardianship::Model,
    at: Moment,
) {
    if before.ends_on.is_some_and(|ends| ends < at.today) {
        changes.settle(before, after, at.now);
    } else {
        changes.end(before, after, at.now);
    }
}

/// The links of people who are there.
fn resolved<'w>(
    section: &'w Section<Guardianship>,
    students: &Names<StudentId>,
    people: &Names<PersonId>,
) -> Vec<(Pair, &'w Guardianship)> {
    let pair = |link: &Guardianship| Some((*students.get(&link.student)?, *people.get(&link.guardian)?));
    section.rows.iter().filter_map(|link| Some((pair(link)?, link))).collect()
}

/// The link after its last day. It lets go of its source id, so that a file can bring it back.
fn ended(before: &guardianship::Model, on: Option<NaiveDate>) -> guardianship::Model {
    guardianship::Model { status: GuardianshipStatus::Ended, ends_on: on, source_id: None, ..before.clone() }
}

/// The students of whom anything, in the file or stored, hints at a separated family.
fn separated(wanted: &[(Pair, &Guardianship)], stored: &HashMap<Pair, guardianship::Model>) -> HashSet<StudentId> {
    let mut signs: HashMap<StudentId, Vec<Sign>> = HashMap::new();
    for (pair, link) in wanted {
        let kept = stored.get(pair).filter(|row| row.status != GuardianshipStatus::Ended);
        signs.entry(pair.0).or_default().push(Sign {
            relationship: link.relationship.or(kept.map(|row| row.relationship)),
            legal_authority: link.legal_authority,
            access: kept.map(|row| stated(row.access)).filter(|access| *access != StatedAccess::Full).or(link.access),
            suspended: kept.is_some_and(|row| row.status == GuardianshipStatus::Suspended),
        });
    }
    let named: HashSet<Pair> = wanted.iter().map(|(pair, _)| *pair).collect();
    for (pair, row) in
        stored.iter().filter(|(pair, row)| !named.contains(*pair) && row.status != GuardianshipStatus::Ended)
    {
        signs.entry(pair.0).or_default().push(Sign {
            relationship: Some(row.relationship),
            legal_authority: None,
            access: Some(stated(row.access)),
            suspended: row.status == GuardianshipStatus::Suspended,
        });
    }
    signs.into_iter().filter(|(_, signs)| rules::is_separated(signs)).map(|(student, _)| student).collect()
}

fn stated(access: GuardianAccess) -> StatedAccess {
    match access {
        GuardianAccess::Full => StatedAccess::Full,
        GuardianAccess::OnRequest => StatedAccess::OnRequest,
        GuardianAccess::EmergencyOnly => StatedAccess::EmergencyOnly,
        GuardianAccess::None => StatedAccess::None,
    }
}

fn new(link: &Guardianship, (student_id, guardian_id): Pair, separated: bool, at: Moment) -> guardianship::Model {
    let (access, status) = rules::new_link(link.access, link.legal_authority, separated);
    guardianship::Model {
        id: GuardianshipId::new(),
        board_id: at.board,
        guardian_id,
        student_id,
        relationship: link.relationship.unwrap_or(GuardianRelationship::Other),
        access,
        status,
        contact_priority: link.contact_priority,
        starts_on: link.starts_on.unwrap_or(at.today),
        ends_on: link.ends_on,
        source_id: Some(link.source_id.clone()),
        created_at: at.now,
        updated_at: at.now,
        version: 1,
    }
}

/// The link as it is to be, from what it is.
fn kept(link: &Guardianship, before: &guardianship::Model, at: Moment) -> guardianship::Model {
    let (access, status) = rules::kept_link((before.access, before.status), link.access, link.legal_authority);
    let ended = before.status == GuardianshipStatus::Ended;
    match (ended, before.source_id.is_some()) {
        // Ended by hand.
        (true, true) => before.clone(),
        // Ended by an import, and back.
        (true, false) => guardianship::Model {
            status: GuardianshipStatus::Suspended,
            access,
            starts_on: link.starts_on.unwrap_or(at.today),
            ends_on: link.ends_on,
            source_id: Some(link.source_id.clone()),
            ..before.clone()
        },
        // Made by hand.
        (false, false) => guardianship::Model { access, status, ..before.clone() },
        (false, true) => guardianship::Model {
            access,
            status,
            relationship: link.relationship.unwrap_or(before.relationship),
            contact_priority: link.contact_priority.or(before.contact_priority),
            starts_on: link.starts_on.unwrap_or(before.starts_on),
            ends_on: link.ends_on.or(before.ends_on),
            source_id: if link.adds_only() { before.source_id.clone() } else { Some(link.source_id.clone()) },
            ..before.clone()
        },
    }
}
