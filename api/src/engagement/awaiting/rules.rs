//! Pure decisions about what waits for an answer.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use glans_entity::engagement::recipient;
use glans_entity::ids::StudentId;
use uuid::Uuid;

use super::types::AwaitedKind;

/// Something that waits for an answer about one child, or about none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub kind: AwaitedKind,
    pub node: Uuid,
    /// [`recipient::AS_STAFF`] for who is asked as a member of staff.
    pub student: StudentId,
    pub asked_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
}

/// Something that waits for an answer, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    pub kind: AwaitedKind,
    pub node: Uuid,
    pub students: Vec<StudentId>,
    pub asked_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
}

/// Each thing once with its children. What is due first comes first; what is due at no time comes last, the oldest first.
pub fn gather(lines: Vec<Line>) -> Vec<Awaited> {
    let mut found: BTreeMap<(AwaitedKind, Uuid), Awaited> = BTreeMap::new();
    for Line { kind, node, student, asked_at, due_at } in lines {
        let awaited = Awaited { kind, node, students: Vec::new(), asked_at, due_at };
        let awaited = found.entry((kind, node)).or_insert(awaited);
        awaited.asked_at = awaited.asked_at.min(asked_at);
        if student != recipient::AS_STAFF {
            awaited.students.push(student);
        }
    }
    let mut all: Vec<Awaited> = found.into_values().collect();
    all.sort_by_key(|awaited| (awaited.due_at.unwrap_or(DateTime::<Utc>::MAX_UTC), awaited.asked_at, awaited.node));
    all
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn each_thing_stands_once_and_the_first_due_stands_first() {
        let day = |day: i64| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(day);
        let [survey, goal, event] = [1, 2, 3].map(Uuid::from_u128);
        let [noor, finn] = [StudentId::new(), StudentId::new()];
        let line = |kind, node, student, asked, due: Option<i64>| Line {
            kind,
            node,
            student,
            asked_at: day(asked),
            due_at: due.map(day),
        };
        let found = gather(vec![
            line(AwaitedKind::Goal, goal, noor, 1, None),
            line(AwaitedKind::Survey, survey, noor, 5, Some(9)),
            line(AwaitedKind::Survey, survey, finn, 4, Some(9)),
            line(AwaitedKind::Rsvp, event, recipient::AS_STAFF, 6, Some(7)),
        ]);
        let shown: Vec<_> = found.iter().map(|it| (it.node, it.students.clone(), it.asked_at)).collect();
        assert_eq!(shown, [(event, vec![], day(6)), (survey, vec![noor, finn], day(4)), (goal, vec![noor], day(1))]);
        assert_eq!(gather(Vec::new()), []);
    }
}
