//! Clusters, schools, school years and class groups.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use glans_entity::ids::{ClassGroupId, ClusterId, SchoolId, SchoolYearId};
use glans_entity::localized::Strings;
use glans_entity::organisation::{class_group, cluster, school, school_year};

use super::changes::{Cell, Changes, Matching, pair};
use super::{Moment, Names};
use crate::organisation::school_years::rules;
use crate::roster::problem::{Place, Problems};
use crate::roster::wanted::{Cluster, Group, School, Section, Year};

pub(super) fn clusters(
    section: &Section<Cluster>,
    stored: Vec<cluster::Model>,
    at: Moment,
    problems: &mut Problems,
) -> (Changes<cluster::Model>, Names<ClusterId>) {
    let mut changes = Changes::default();
    let mut ids: Names<ClusterId> = stored.iter().filter_map(|row| Some((row.source_id.clone()?, row.id))).collect();
    let matching = Matching {
        source: |wanted: &Cluster| (&wanted.source_id, wanted.line),
        wanted_key: &|wanted| Some(wanted.name.clone()),
        stored_key: &|row: &cluster::Model| Some(row.name.clone()),
        gone: |row| row.archived_at.is_some(),
        same: |_, _| true,
        cell: |_| Cell { file: "orgs.csv", column: "name", what: "name of another cluster" },
    };
    let (pairs, rest) = pair(section, stored, &matching, problems);
    for (wanted, found) in pairs {
        let row = found.clone().unwrap_or_else(|| cluster::Model {
            id: ClusterId::new(),
            board_id: at.board,
            name: String::new(),
            source_id: None,
            archived_at: None,
            created_at: at.now,
            updated_at: at.now,
            version: 1,
        });
        ids.insert(wanted.source_id.clone(), row.id);
        let after = cluster::Model {
            name: wanted.name.clone(),
            source_id: Some(wanted.source_id.clone()),
            archived_at: None,
            ..row
        };
        match found {
            Some(before) => changes.settle(before, after, at.now),
            None => changes.create(after),
        }
    }
    for rest in rest {
        let (kept, before) = (rest.kept(), rest.row);
        if before.archived_at.is_none() && before.source_id.as_deref().is_some_and(|id| section.ends(id)) {
            changes.end(before, cluster::Model { archived_at: Some(at.now), ..kept }, at.now);
        } else if rest.loses_key {
            changes.settle(before, kept, at.now);
        }
    }
    (changes, ids)
}

/// A school that is there keeps its name: the national register and the school itself know it better than a roster.
pub(super) fn schools(
    section: &Section<School>,
    stored: Vec<school::Model>,
    clusters: &Names<ClusterId>,
    at: Moment,
    problems: &mut Problems,
) -> (Changes<school::Model>, Names<SchoolId>) {
    let mut changes = Changes::default();
    let mut ids: Names<SchoolId> = stored.iter().filter_map(|row| Some((row.source_id.clone()?, row.id))).collect();
    let matching = Matching {
        source: |wanted: &School| (&wanted.source_id, wanted.line),
        wanted_key: &|wanted| wanted.code.clone(),
        stored_key: &|row: &school::Model| row.brin.clone().zip(row.location_code.clone()),
        gone: |row| row.archived_at.is_some(),
        same: |_, _| true,
        cell: |_| Cell { file: "orgs.csv", column: "identifier", what: "code of another school" },
    };
    let (pairs, rest) = pair(section, stored, &matching, problems);
    for (wanted, found) in pairs {
        let cluster = wanted.cluster.as_ref().and_then(|id| clusters.get(id)).copied();
        let row = found.clone().unwrap_or_else(|| new_school(at));
        ids.insert(wanted.source_id.clone(), row.id);
        let (brin, location) = wanted.code.clone().unzip();
        let after = school::Model {
            name: if found.is_some() { row.name.clone() } else { wanted.name.clone() },
            cluster_id: cluster.or(row.cluster_id),
            brin: brin.or_else(|| row.brin.clone()),
            location_code: location.or_else(|| row.location_code.clone()),
            source_id: Some(wanted.source_id.clone()),
            archived_at: None,
            ..row
        };
        match found {
            Some(before) => changes.settle(before, after, at.now),
            None => changes.create(after),
        }
    }
    for rest in rest {
        let (kept, before) = (rest.kept(), rest.row);
        if before.archived_at.is_none() && before.source_id.as_deref().is_some_and(|id| section.ends(id)) {
            changes.end(before, school::Model { archived_at: Some(at.now), ..kept }, at.now);
        } else if rest.loses_key {
            changes.settle(before, kept, at.now);
        }
    }
    (changes, ids)
}

fn new_school(at: Moment) -> school::Model {
    school::Model {
        id: SchoolId::new(),
        board_id: at.board,
        cluster_id: None,
        name: String::new(),
        registered_name: None,
        brin: None,
        location_code: None,
        street: None,
        house_number: None,
        postcode: None,
        city: None,
        phone: None,
        website: None,
        denomination: None,
        holiday_region: None,
        pupil_count: None,
        source_id: None,
        archived_at: None,
        created_at: at.now,
        updated_at: at.now,
        version: 1,
    }
}

/// What a school year is to those that lie in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

impl Span {
    /// Whether more than half of these days, with the last, are in it.
    fn holds_most_of(self, starts_on: NaiveDate, ends_on: NaiveDate) -> bool {
        let shared = self.ends_on.min(ends_on) - self.starts_on.max(starts_on);
        2 * (shared.num_days() + 1) > (ends_on - starts_on).num_days() + 1
    }
}

/// A school year never ends before its day, so that absence says nothing. One that no record claims any more is the one
/// of the files that has most of its days in it: people and registers let the same year begin on other days.
pub(super) fn years(
    section: &Section<Year>,
    stored: Vec<school_year::Model>,
    at: Moment,
    problems: &mut Problems,
) -> (Changes<school_year::Model>, Names<SchoolYearId>, HashMap<SchoolYearId, Span>) {
    let mut changes = Changes::default();
    let mut ids: Names<SchoolYearId> = stored.iter().filter_map(|row| Some((row.source_id.clone()?, row.id))).collect();
    let mut spans: HashMap<SchoolYearId, Span> =
        stored.iter().map(|row| (row.id, Span { starts_on: row.starts_on, ends_on: row.ends_on })).collect();
    let is_here = |id: &str| section.rows.iter().any(|wanted| wanted.source_id == id);
    let is_free =
        |row: &&school_year::Model| row.source_id.as_deref().is_none_or(|id| section.ends(id) && !is_here(id));
    let free: Vec<Span> = stored.iter().filter(is_free).map(|row| spans[&row.id]).collect();
    let first_day = |wanted: &Year| {
        let is_new = !ids.contains_key(&wanted.source_id);
        let same = free.iter().find(|year| is_new && year.holds_most_of(wanted.starts_on, wanted.ends_on));
        same.map_or(wanted.starts_on, |year| year.starts_on)
    };
    let matching = Matching {
        source: |wanted: &Year| (&wanted.source_id, wanted.line),
        wanted_key: &|wanted| Some(first_day(wanted)),
        stored_key: &|row: &school_year::Model| Some(row.starts_on),
        gone: |_| false,
        same: |_, _| true,
        cell: |_| Cell { file: "academicSessions.csv", column: "startDate", what: "first day of another school year" },
    };
    let (pairs, rest) = pair(section, stored, &matching, problems);
    let losing: HashSet<SchoolYearId> = rest.iter().filter(|rest| rest.loses_key).map(|rest| rest.row.id).collect();
    for (wanted, found) in pairs {
        let after = school_year::Model {
            id: found.as_ref().map_or_else(SchoolYearId::new, |row| row.id),
            board_id: at.board,
            title: wanted.title.clone(),
            starts_on: wanted.starts_on,
            ends_on: wanted.ends_on,
            source_id: Some(wanted.source_id.clone()),
            created_at: found.as_ref().map_or(at.now, |row| row.created_at),
            updated_at: found.as_ref().map_or(at.now, |row| row.updated_at),
            version: found.as_ref().map_or(1, |row| row.version),
        };
        ids.insert(wanted.source_id.clone(), after.id);
        spans.insert(after.id, Span { starts_on: after.starts_on, ends_on: after.ends_on });
        match found {
            Some(before) => changes.settle(before, after, at.now),
            None => changes.create(after),
        }
    }
    for wanted in &section.rows {
        let days = (wanted.starts_on, wanted.ends_on);
        // One that starts on the same day was told when it was looked for, unless no record claims it any more.
        let another = |id: SchoolYearId, span: &Span| {
            let is_told = span.starts_on == days.0 && !losing.contains(&id);
            ids.get(&wanted.source_id) != Some(&id) && !is_told
        };
        if spans.iter().any(|(&id, span)| another(id, span) && rules::overlap(days, (span.starts_on, span.ends_on))) {
            let place = Place::cell("academicSessions.csv", wanted.line, "startDate");
            problems.error(place, "Another school year of the board has some of these days.");
        }
    }
    (changes, ids, spans)
}

/// What a class group is to those in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupFacts {
    pub id: ClassGroupId,
    pub school: SchoolId,
    pub span: Option<Span>,
}

/// Groups of a year that has passed are left alone: their history is theirs.
pub(super) fn groups(
    section: &Section<Group>,
    stored: Vec<class_group::Model>,
    schools: &Names<SchoolId>,
    years: &Names<SchoolYearId>,
    spans: &HashMap<SchoolYearId, Span>,
    at: Moment,
    problems: &mut Problems,
) -> (Changes<class_group::Model>, Names<GroupFacts>) {
    let facts = |row: &class_group::Model| GroupFacts {
        id: row.id,
        school: row.school_id,
        span: spans.get(&row.school_year_id).copied(),
    };
    let mut changes = Changes::default();
    let mut known: Names<GroupFacts> =
        stored.iter().filter_map(|row| Some((row.source_id.clone()?, facts(row)))).collect();
    let place = |wanted: &Group| schools.get(&wanted.school).copied().zip(years.get(&wanted.year).copied());
    let matching = Matching {
        source: |wanted: &Group| (&wanted.source_id, wanted.line),
        wanted_key: &|wanted| place(wanted).map(|(school, year)| (school, year, wanted.name.clone())),
        stored_key: &|row: &class_group::Model| Some((row.school_id, row.school_year_id, row.name.clone())),
        gone: |row| row.archived_at.is_some(),
        same: |_, _| true,
        cell: |_| Cell {
            file: "classes.csv",
            column: "title",
            what: "name of another class group of this school and year",
        },
    };
    let (pairs, rest) = pair(section, stored, &matching, problems);
    for (wanted, found) in pairs {
        let Some((school_id, school_year_id)) = place(wanted) else { continue };
        let after = class_group::Model {
            id: found.as_ref().map_or_else(ClassGroupId::new, |row| row.id),
            board_id: at.board,
            school_id,
            school_year_id,
            name: wanted.name.clone(),
            grades: Strings(wanted.grades.clone()),
            source_id: Some(wanted.source_id.clone()),
            archived_at: None,
            created_at: found.as_ref().map_or(at.now, |row| row.created_at),
            updated_at: found.as_ref().map_or(at.now, |row| row.updated_at),
            version: found.as_ref().map_or(1, |row| row.version),
        };
        known.insert(wanted.source_id.clone(), facts(&after));
        match found {
            Some(before) => changes.settle(before, after, at.now),
            None => changes.create(after),
        }
    }
    for rest in rest {
        let (kept, before) = (rest.kept(), rest.row);
        let passed = facts(&before).span.is_some_and(|span| span.ends_on < at.today);
        let ends = before.source_id.as_deref().is_some_and(|id| section.ends(id));
        if ends && !passed && before.archived_at.is_none() {
            changes.end(before, class_group::Model { archived_at: Some(at.now), ..kept }, at.now);
        } else if rest.loses_key {
            changes.settle(before, kept, at.now);
        }
    }
    (changes, known)
}
