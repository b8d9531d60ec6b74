//! What changes when a student is placed.

use chrono::NaiveDate;
use glans_entity::ids::{ClassGroupId, EnrolmentId};
use glans_entity::people::enrolment::Model;

/// Class groups of one student at most.
pub const MOST_GROUPS: usize = 10;

/// What to write so that a student is in the wanted groups from a day on, and in no other.
#[derive(Debug, Default, PartialEq)]
pub struct Moves {
    /// Groups in which the student has never been.
    pub start: Vec<ClassGroupId>,
    /// Places that begin no later than the day and have no end.
    pub open: Vec<(Model, NaiveDate)>,
    /// Places that end on the day before.
    pub end: Vec<(Model, NaiveDate)>,
    /// Places that would have begun on the day or later: they never come to be.
    pub drop: Vec<EnrolmentId>,
}

/// The difference between what is stored of a student and the groups that are wanted from `on` on.
pub fn moves(stored: Vec<Model>, wanted: &[ClassGroupId], on: NaiveDate) -> Moves {
    let known: Vec<ClassGroupId> = stored.iter().map(|row| row.class_group_id).collect();
    let start = wanted.iter().copied().filter(|group| !known.contains(group)).collect();
    let mut moves = Moves { start, ..Moves::default() };
    for row in stored {
        let is_wanted = wanted.contains(&row.class_group_id);
        let is_over = row.ends_on.is_some_and(|last| last < on);
        match (is_wanted, row.starts_on) {
            (true, starts_on) if starts_on > on || row.ends_on.is_some() => moves.open.push((row, starts_on.min(on))),
            (true, _) => {}
            (false, _) if is_over => {}
            (false, starts_on) if starts_on >= on => moves.drop.push(row.id),
            (false, _) => moves.end.extend(on.pred_opt().map(|last| (row, last))),
        }
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use glans_entity::ids::{BoardId, StudentId};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn place(group: ClassGroupId, starts_on: &str, ends_on: Option<&str>) -> Model {
        Model {
            id: EnrolmentId::new(),
            board_id: BoardId::new(),
            student_id: StudentId::new(),
            class_group_id: group,
            starts_on: day(starts_on),
            ends_on: ends_on.map(day),
            source_id: None,
            created_at: DateTime::<Utc>::UNIX_EPOCH,
            updated_at: DateTime::<Utc>::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn a_move_ends_one_place_and_begins_another() {
        let (old, new) = (ClassGroupId::new(), ClassGroupId::new());
        let was = place(old, "2026-08-01", None);
        let moves = moves(vec![was.clone()], &[new], day("2026-11-24"));
        assert_eq!(moves.start, [new]);
        assert_eq!(moves.end, [(was, day("2026-11-23"))]);
        assert!(moves.open.is_empty() && moves.drop.is_empty());
    }

    #[test]
    fn the_same_groups_change_nothing_and_the_past_stays() {
        let (now, before) = (ClassGroupId::new(), ClassGroupId::new());
        let stored = vec![place(now, "2026-08-01", None), place(before, "2025-08-01", Some("2026-07-31"))];
        assert_eq!(moves(stored, &[now], day("2026-11-24")), Moves::default());
    }

    #[test]
    fn a_place_begun_today_by_mistake_never_was() {
        let wrong = place(ClassGroupId::new(), "2026-11-24", None);
        assert_eq!(moves(vec![wrong.clone()], &[], day("2026-11-24")).drop, [wrong.id]);
    }

    #[test]
    fn who_comes_back_has_the_old_place_again() {
        let group = ClassGroupId::new();
        let was = place(group, "2026-08-01", Some("2026-10-01"));
        assert_eq!(moves(vec![was.clone()], &[group], day("2026-11-24")).open, [(was, day("2026-08-01"))]);
        let later = place(group, "2026-12-01", None);
        assert_eq!(moves(vec![later.clone()], &[group], day("2026-11-24")).open, [(later, day("2026-11-24"))]);
    }
}
