//! How students stand, and what of it is new. Pure.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, StudentId};
use glans_entity::metrics::Engaged;
use glans_entity::metrics::stretch::Model;

use crate::engagement::partnerships::criteria::{Criterion, CriterionKind, CriterionStatus};

/// Where a student is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub board: BoardId,
    /// Nil: the school is in none.
    pub cluster: ClusterId,
    /// Of the class group.
    pub school: SchoolId,
    pub group: ClassGroupId,
}

/// The place of an active student.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub at: At,
    /// Its first day.
    pub since: NaiveDate,
}

/// An active student on the day of the census.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub student: StudentId,
    pub at: At,
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

/// What is to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Changes {
    /// The day from which on nothing holds that is written of a student: what goes on or is over only later ends on the day
    /// before, and what begins then or later never was.
    pub cut: Vec<(StudentId, NaiveDate)>,
    /// After that.
    pub opened: Vec<Model>,
}

/// Compares the stretches that are `open` with who is `seen` on the day. `left` are those who are not, each with the last day
/// of a place, if there was one: how late it is told, nothing is counted after it.
pub(super) fn changes(
    on: NaiveDate,
    open: Vec<Model>,
    seen: Vec<Seen>,
    left: &BTreeMap<StudentId, Option<NaiveDate>>,
) -> Changes {
    let open: HashMap<StudentId, Model> = open.into_iter().map(|row| (row.student_id, row)).collect();
    let mut changes = Changes::default();
    for student in seen {
        let before = open.get(&student.student);
        let row = stretch(on, student, before);
        if before.is_none_or(|before| !goes_on(before, &row, on)) {
            changes.cut.push((row.student_id, row.starts_on));
            changes.opened.push(row);
        }
    }
    let yesterday = on - Days::new(1);
    for (student, last) in left {
        let last = last.unwrap_or(yesterday).min(yesterday);
        changes.cut.push((*student, last + Days::new(1)));
    }
    changes
}

/// What is known late, as a place in another group, begins when it began.
fn stretch(on: NaiveDate, seen: Seen, before: Option<&Model>) -> Model {
    let Seen { student, at, since, standing } = seen;
    let is_late = |before: &Model| before.class_group_id == at.group || since <= before.starts_on;
    let starts_on = if before.is_some_and(is_late) { on } else { since.min(on) };
    let engaged = standing.engaged.or(before.map(|row| row.engaged)).unwrap_or(Engaged::Unknown);
    Model {
        student_id: student,
        starts_on,
        ends_on: None,
        board_id: at.board,
        cluster_id: at.cluster,
        school_id: at.school,
        class_group_id: at.group,
        language: standing.language,
        is_reachable: standing.is_reachable,
        entitled: standing.entitled,
        activated: standing.activated,
        engaged,
    }
}

/// Whether nothing but the first day differs. What begins only later was written by a wrong clock.
fn goes_on(before: &Model, now: &Model, on: NaiveDate) -> bool {
    before.starts_on <= on && *before == Model { starts_on: before.starts_on, ..now.clone() }
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
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn seen(number: u128, group: u128, since: &str) -> Seen {
        let at = At {
            board: BoardId(Uuid::from_u128(1)),
            cluster: ClusterId(Uuid::from_u128(2)),
            school: SchoolId(Uuid::from_u128(3)),
            group: ClassGroupId(Uuid::from_u128(group)),
        };
        let standing = Standing { entitled: 2, ..Standing::default() };
        Seen { student: student(number), at, since: day(since), standing }
    }

    fn student(number: u128) -> StudentId {
        StudentId(Uuid::from_u128(number))
    }

    fn first(on: &str, seen: Seen) -> Model {
        found(on, Vec::new(), seen).opened.remove(0)
    }

    fn found(on: &str, open: Vec<Model>, seen: Seen) -> Changes {
        changes(day(on), open, vec![seen], &BTreeMap::new())
    }

    #[test]
    fn who_is_new_counts_from_the_first_day_in_the_group() {
        let new = found("2026-09-10", Vec::new(), seen(7, 1, "2026-09-01"));
        assert_eq!(new.opened[0].starts_on, day("2026-09-01"));
        assert_eq!(new.cut, [(student(7), day("2026-09-01"))]);
    }

    #[test]
    fn nothing_new_is_nothing() {
        let row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        assert_eq!(found("2026-10-01", vec![row], seen(7, 1, "2026-09-01")), Changes::default());
    }

    #[test]
    fn a_school_that_moves_counts_elsewhere_from_today() {
        let row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        let mut moved = seen(7, 1, "2026-09-01");
        moved.at.cluster = ClusterId(Uuid::from_u128(9));
        let found = found("2026-10-05", vec![row], moved.clone());
        assert_eq!(found.cut, [(student(7), day("2026-10-05"))]);
        assert_eq!((found.opened[0].starts_on, found.opened[0].cluster_id), (day("2026-10-05"), moved.at.cluster));
    }

    #[test]
    fn what_changes_twice_in_a_day_is_written_once() {
        let row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        let mut better = seen(7, 1, "2026-09-01");
        better.standing.activated = 1;
        let found = found("2026-09-01", vec![row], better);
        assert_eq!((found.cut, found.opened.len()), (vec![(student(7), day("2026-09-01"))], 1));
    }

    #[test]
    fn another_group_counts_from_its_first_day_though_it_is_known_late() {
        let row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        let found = found("2026-10-05", vec![row], seen(7, 2, "2026-10-01"));
        assert_eq!(found.cut, [(student(7), day("2026-10-01"))]);
        assert_eq!(found.opened[0].starts_on, day("2026-10-01"));
    }

    #[test]
    fn who_left_counts_until_the_last_day_however_late_that_is_told() {
        let row = first("2026-10-01", seen(7, 1, "2026-10-01"));
        let left = BTreeMap::from([(student(7), Some(day("2026-09-25"))), (student(8), None)]);
        let found = changes(day("2026-10-05"), vec![row], Vec::new(), &left);
        // What was counted before 1 October is cut as well.
        assert_eq!(found.cut, [(student(7), day("2026-09-26")), (student(8), day("2026-10-05"))]);
        assert!(found.opened.is_empty());
    }

    #[test]
    fn what_a_wrong_clock_wrote_never_was() {
        let ahead = first("2027-10-05", seen(7, 1, "2027-10-05"));
        let found = found("2026-10-05", vec![ahead], seen(7, 1, "2026-09-01"));
        assert_eq!((found.cut, found.opened[0].starts_on), (vec![(student(7), day("2026-10-05"))], day("2026-10-05")));
    }

    #[test]
    fn what_was_not_looked_at_is_as_it_was() {
        let mut row = first("2026-09-01", seen(7, 1, "2026-09-01"));
        row.engaged = Engaged::Met;
        assert_eq!(found("2026-10-01", vec![row], seen(7, 1, "2026-09-01")), Changes::default());
    }
}
