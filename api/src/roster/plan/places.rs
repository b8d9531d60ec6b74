//! Enrolments: which student has a place in which class group.

use std::collections::{HashMap, HashSet};

use glans_entity::ids::{ClassGroupId, EnrolmentId, StudentId};
use glans_entity::people::enrolment;

use super::changes::Changes;
use super::organisation::GroupFacts;
use super::people::Folk;
use super::{Moment, Names};
use crate::roster::wanted::{Enrolment, Section};

/// A place is a student in a group; its source id may move to another place, and an ended one lets go of it then.
pub(super) fn enrolments(
    section: &Section<Enrolment>,
    stored: Vec<enrolment::Model>,
    students: &Folk<StudentId>,
    groups: &Names<GroupFacts>,
    at: Moment,
) -> Changes<enrolment::Model> {
    let mut changes = Changes::default();
    let claimed: HashSet<&str> = section.rows.iter().map(|wanted| wanted.source_id.as_str()).collect();
    let mut by_place: HashMap<(StudentId, ClassGroupId), enrolment::Model> =
        stored.into_iter().map(|row| ((row.student_id, row.class_group_id), row)).collect();
    for wanted in &section.rows {
        let (Some(&student), Some(group)) = (students.ids.get(&wanted.student), groups.get(&wanted.group)) else {
            continue;
        };
        let found = by_place.remove(&(student, group.id));
        let after = wanted_place(wanted, student, group, found.as_ref(), at);
        match found {
            Some(before) => changes.settle(before, after, at.now),
            None => changes.create(after),
        }
    }
    let mut rest: Vec<_> = by_place.into_values().collect();
    rest.sort_by_key(|row| row.id);
    for before in rest {
        let Some(source) = before.source_id.as_deref() else { continue };
        let moved = claimed.contains(source);
        let live = before.ends_on.is_none_or(|ends| ends >= at.today);
        let ends = live && (moved || section.ends(source) || students.ended.contains(&before.student_id));
        let mut after = before.clone();
        if moved {
            after.source_id = None;
        }
        if ends {
            // Inclusive: the last day is the one before the import.
            after.ends_on = at.today.pred_opt();
        }
        changes.end(before, after, at.now);
    }
    changes
}

fn wanted_place(
    wanted: &Enrolment,
    student_id: StudentId,
    group: &GroupFacts,
    found: Option<&enrolment::Model>,
    at: Moment,
) -> enrolment::Model {
    let starts_on = wanted.starts_on.or(group.span.map(|span| span.starts_on)).unwrap_or(at.today);
    enrolment::Model {
        id: found.map_or_else(EnrolmentId::new, |row| row.id),
        board_id: at.board,
        student_id,
        class_group_id: group.id,
        starts_on,
        ends_on: wanted.ends_on.or(group.span.map(|span| span.ends_on)),
        source_id: Some(wanted.source_id.clone()),
        created_at: found.map_or(at.now, |row| row.created_at),
        updated_at: found.map_or(at.now, |row| row.updated_at),
        version: found.map_or(1, |row| row.version),
    }
}
