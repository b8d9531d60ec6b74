//! Pure decisions about what waits for an answer.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use glans_entity::engagement::{booking_round, recipient, slot_booking};
use glans_entity::ids::{PersonId, StudentId};
use uuid::Uuid;

use super::types::AwaitedKind;
use crate::engagement::bookings::rules::{opening, unbooked};
use crate::engagement::partnerships::Family;

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

/// `lines` but for the rounds that are not open yet: families with several children in one may begin earlier.
pub(super) fn open_by_now(lines: Vec<Line>, rounds: &[booking_round::Model], now: DateTime<Utc>) -> Vec<Line> {
    let children = |round: Uuid| lines.iter().filter(|line| line.node == round).count();
    let is_open = |round: &&booking_round::Model| opening(round, children(round.id.0)) <= now;
    let open: HashSet<Uuid> = rounds.iter().filter(is_open).map(|round| round.id.0).collect();
    lines.into_iter().filter(|line| line.kind != AwaitedKind::Booking || open.contains(&line.node)).collect()
}

/// `lines` but for the rounds in which `persons`, as a guardian of the child, have nothing to book any more.
pub(super) fn still_to_book(
    mut lines: Vec<Line>,
    families: &HashMap<StudentId, Family>,
    bookings: &[slot_booking::Model],
    persons: &[PersonId],
) -> Vec<Line> {
    let is_open = |line: &Line| {
        let in_round = bookings.iter().filter(|booking| booking.round_id.0 == line.node);
        let in_round: Vec<_> = in_round.cloned().collect();
        let open = unbooked(&[line.student], families, &in_round);
        open.iter().flat_map(|open| &open.guardians).any(|guardian| persons.contains(guardian))
    };
    lines.retain(|line| line.kind != AwaitedKind::Booking || is_open(line));
    lines
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use glans_entity::engagement::{BookingRoundStatus, ConversationMode, StepKind};
    use glans_entity::ids::{BoardId, BookingRoundId, ConversationId, SchoolId, SlotId};

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

    #[test]
    fn what_a_family_booked_waits_for_nobody_who_comes_along() {
        let [ilse, ruud] = [1, 2].map(|id| PersonId(Uuid::from_u128(id)));
        let (noor, round) = (StudentId::new(), Uuid::from_u128(3));
        let (asked_at, due_at) = (DateTime::<Utc>::UNIX_EPOCH, None);
        let line = Line { kind: AwaitedKind::Booking, node: round, student: noor, asked_at, due_at };
        let booking = slot_booking::Model {
            slot_id: SlotId::new(),
            board_id: BoardId::new(),
            round_id: BookingRoundId(round),
            student_id: noor,
            teacher_id: PersonId::new(),
            guardian_id: ilse,
            party_id: slot_booking::TOGETHER,
            conversation_id: ConversationId::new(),
            booked_at: asked_at,
        };
        let waits = |apart: bool, guardian: PersonId| {
            let families = HashMap::from([(noor, Family { entitled: vec![ilse, ruud], apart })]);
            let left = still_to_book(vec![line.clone()], &families, std::slice::from_ref(&booking), &[guardian]);
            !left.is_empty()
        };
        assert_eq!((waits(false, ilse), waits(false, ruud)), (false, false));
        // They came together when Ilse booked, and talk apart since.
        assert_eq!((waits(true, ilse), waits(true, ruud)), (false, true));
    }

    #[test]
    fn a_round_waits_for_several_children_before_it_does_for_one() {
        let at = DateTime::<Utc>::UNIX_EPOCH;
        let round = booking_round::Model {
            id: BookingRoundId(Uuid::from_u128(3)),
            board_id: BoardId::new(),
            school_id: SchoolId::new(),
            kind: StepKind::Progress,
            opens_at: at + TimeDelta::hours(3),
            siblings_early_hours: 2,
            closes_at: at + TimeDelta::hours(9),
            slot_minutes: 10,
            mode: ConversationMode::Phone,
            location: None,
            status: BookingRoundStatus::Open,
            created_at: at,
            updated_at: at,
            version: 1,
        };
        let line = || Line {
            kind: AwaitedKind::Booking,
            node: round.id.0,
            student: StudentId::new(),
            asked_at: at,
            due_at: None,
        };
        let waits = |children: usize, hour: i64| {
            let lines = std::iter::repeat_with(line).take(children).collect();
            open_by_now(lines, std::slice::from_ref(&round), at + TimeDelta::hours(hour)).len()
        };
        assert_eq!([waits(1, 2), waits(2, 0), waits(2, 1), waits(1, 3)], [0, 0, 2, 1]);
    }
}
