//! How students stand, and what of it is new. Pure.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, StudentId};
use glans_entity::metrics::Engaged;
use glans_entity::metrics::stretch::Model;
use glans_entity::organisation::school;
use uuid::Uuid;

use crate::engagement::partnerships::criteria::{Criterion, CriterionKind, CriterionStatus};

/// An active student on the day of the census.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub student: StudentId,
    pub group: ClassGroupId,
    /// The first day of the place in the group that is not counted yet.
    pub since: NaiveDate,
    pub standing: Standing,
}

/// What is known of the family of a student.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// BCP 47; empty where it is not known.
    pub language: String,
    pub is_reachable: bool,
    pub entitled: i32,
    pub activated: i32,
    /// None: it was not looked at, and is as it was.
    pub engaged: Option<Engaged>,
}

/// Where the census is taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub board: BoardId,
    /// Nil: the school is in none.
    pub cluster: ClusterId,
    pub school: SchoolId,
    pub on: NaiveDate,
}

impl At {
    /// The school on that day.
    pub fn of(school: &school::Model, on: NaiveDate) -> Self {
        let cluster = school.cluster_id.unwrap_or(ClusterId(Uuid::nil()));
        Self { board: school.board_id, cluster, school: school.id, on }
    }
}

/// What is to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Changes {
    /// Stretches that end, each with its last day.
    pub closed: Vec<(StudentId, NaiveDate)>,
    /// Stretches of today that are replaced or were none.
    pub dropped: Vec<StudentId>,
    pub opened: Vec<Model>,
}

impl Changes {
    /// The first day of which something is new; none where nothing is.
    pub fn since(&self) -> Option<NaiveDate> {
        let ends = self.closed.iter().map(|(_, last)| *last + Days::new(1));
        ends.chain(self.opened.iter().map(|row| row.starts_on)).min()
    }
}

/// Compares the stretches that are `open` at the school with who is `seen` there. `left` holds the last day of who is not.
pub(super) fn changes(at: At, open: Vec<Model>, seen: Vec<Seen>, left: &HashMap<StudentId, NaiveDate>) -> Changes {
    let mut open: HashMap<StudentId, Model> = open.into_iter().map(|row| (row.student_id, row)).collect();
    let mut changes = Changes::default();
    for student in seen {
        let before = open.remove(&student.student);
        let row = stretch(at, &student, before.as_ref());
        match before {
            Some(before) if is_same(&before, &row) => {}
            Some(before) => {
                end(&mut changes, &before, row.starts_on - Days::new(1));
                changes.opened.push(row);
            }
            None => changes.opened.push(row),
        }
    }
    let yesterday = at.on - Days::new(1);
    for (student, before) in open {
        let last = left.get(&student).copied().unwrap_or(yesterday).min(yesterday);
        end(&mut changes, &before, last);
    }
    changes
}

fn end(changes: &mut Changes, before: &Model, last: NaiveDate) {
    if last < before.starts_on {
        changes.dropped.push(before.student_id);
    } else {
        changes.closed.push((before.student_id, last));
    }
}

/// What is known late, as a place in another group, begins when it began.
fn stretch(at: At, seen: &Seen, before: Option<&Model>) -> Model {
    let is_late = |before: &Model| before.class_group_id == seen.group || seen.since <= before.starts_on;
    let starts_on = match before {
        Some(before) if is_late(before) => at.on,
        _ => seen.since.min(at.on),
    };
    let standing = seen.standing.clone();
    let engaged = standing.engaged.or(before.map(|row| row.engaged)).unwrap_or(Engaged::Unknown);
    Model {
        student_id: seen.student,
        starts_on,
        ends_on: None,
        board_id: at.board,
        cluster_id: at.cluster,
        school_id: at.school,
        class_group_id: seen.group,
        language: standing.language,
        is_reachable: standing.is_reachable,
        entitled: standing.entitled,
        activated: standing.activated,
        engaged,
    }
}

/// Whether nothing but the first day differs.
fn is_same(before: &Model, now: &Model) -> bool {
    *before == Model { starts_on: before.starts_on, ..now.clone() }
}

/// How a student stands to the 100 % line: what is not known is not met, and is told apart.
pub(super) fn engaged(criteria: &[Criterion]) -> Engaged {
    let has = |status| criteria.iter().any(|criterion| criterion.status == status);
    if has(CriterionStatus::NotYet) {
        Engaged::NotYet
    } else if has(CriterionStatus::Unknown) {
        Engaged::Unknown
    } else {
        Engaged::Met
    }
}

/// Whether all that is asked for a year is met, its closing too.
pub(super) fn is_complete(criteria: &[Criterion]) -> bool {
    let met = |criterion: &Criterion| criterion.status == CriterionStatus::Met;
    engaged(criteria) == Engaged::Met
        && criteria.iter().any(|criterion| criterion.kind == CriterionKind::Closing && met(criterion))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(on: &str) -> At {
        let (board, cluster) = (BoardId(Uuid::from_u128(1)), ClusterId(Uuid::from_u128(2)));
        At { board, cluster, school: SchoolId(Uuid::from_u128(3)), on: day(on) }
    }

    fn seen(student: u128, group: u128, since: &str) -> Seen {
        let standing = Standing { entitled: 2, ..Standing::default() };
        Seen {
            student: StudentId(Uuid::from_u128(student)),
            group: ClassGroupId(Uuid::from_u128(group)),
            since: day(since),
            standing,
        }
    }

    fn first(on: &str, seen: Seen) -> Model {
        changes(at(on), Vec::new(), vec![seen], &HashMap::new()).opened.remove(0)
    }

    #[test]
    fn who_is_new_counts_from_the_first_day_in_the_group() {
        assert_eq!(first("2026-09-10", seen(7, 1, "2026-09-01")).starts_on, day("2026-09-01"));
    }

    #[test]
    fn nothing_new_is_nothing() {
        let row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        let same = changes(at("2026-10-01"), vec![row], vec![seen(7, 1, "2026-09-01")], &HashMap::new());
        assert_eq!((same.since(), same), (None, Changes::default()));
    }

    #[test]
    fn a_school_that_moves_counts_elsewhere_from_today() {
        let row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        let moved = At { cluster: ClusterId(Uuid::from_u128(9)), ..at("2026-10-05") };
        let found = changes(moved, vec![row.clone()], vec![seen(7, 1, "2026-09-01")], &HashMap::new());
        assert_eq!(found.closed, [(row.student_id, day("2026-10-04"))]);
        assert_eq!((found.opened[0].starts_on, found.opened[0].cluster_id), (day("2026-10-05"), moved.cluster));
        assert_eq!(found.since(), Some(day("2026-10-05")));
    }

    #[test]
    fn what_changes_twice_in_a_day_is_written_once() {
        let row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        let mut better = seen(7, 1, "2026-09-01");
        better.standing.activated = 1;
        let found = changes(at("2026-09-01"), vec![row.clone()], vec![better], &HashMap::new());
        assert_eq!((found.closed, found.dropped, found.opened.len()), (vec![], vec![row.student_id], 1));
    }

    #[test]
    fn another_group_counts_from_its_first_day_though_it_is_known_late() {
        let row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        let found = changes(at("2026-10-05"), vec![row.clone()], vec![seen(7, 2, "2026-10-01")], &HashMap::new());
        assert_eq!(found.closed, [(row.student_id, day("2026-09-30"))]);
        assert_eq!(found.opened[0].starts_on, day("2026-10-01"));
    }

    #[test]
    fn who_left_counts_until_the_last_day() {
        let row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        let left = HashMap::from([(row.student_id, day("2026-09-30"))]);
        let found = changes(at("2026-10-05"), vec![row.clone()], Vec::new(), &left);
        assert_eq!(found.closed, [(row.student_id, day("2026-09-30"))]);
        let never = changes(at("2026-09-01"), vec![row.clone()], Vec::new(), &HashMap::new());
        assert_eq!((never.closed, never.dropped), (vec![], vec![row.student_id]));
    }

    #[test]
    fn what_was_not_looked_at_is_as_it_was() {
        let mut row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        row.engaged = Engaged::Met;
        let same = changes(at("2026-10-01"), vec![row], vec![seen(7, 1, "2026-09-01")], &HashMap::new());
        assert_eq!(same, Changes::default());
    }
}
