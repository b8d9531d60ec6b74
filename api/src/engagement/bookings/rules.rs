//! Pure decisions about rounds, slots and bookings.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use glans_entity::engagement::slot_booking::TOGETHER;
use glans_entity::engagement::{BookingRoundStatus, StepKind, booking_round, slot, slot_booking};
use glans_entity::ids::{PersonId, SlotId, StudentId};

use crate::engagement::partnerships::Family;
use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

/// Class groups in one round at most.
pub const MOST_GROUPS: usize = 60;
/// Slots in one round at most.
pub const MOST_SLOTS: usize = 2_000;
/// Hours by which families with several children may be earlier.
pub(in crate::engagement) const EARLY_HOURS: std::ops::RangeInclusive<i32> = 0..=168;
const MINUTES: std::ops::RangeInclusive<i32> = 5..=120;
/// What lies further ahead is a slip of the keyboard.
const LAST_YEAR: i32 = 2099;
const LOCATION_LENGTH: usize = 200;

/// What a round is, but for its groups and slots.
#[derive(Clone, Debug)]
pub struct Terms {
    pub kind: StepKind,
    pub opens_at: DateTime<Utc>,
    pub siblings_early_hours: i32,
    pub closes_at: DateTime<Utc>,
    pub slot_minutes: i32,
    pub location: Option<String>,
}

impl Terms {
    /// Adds what is wrong with them.
    #[must_use]
    pub fn checked(self, checks: &mut Checks, now: DateTime<Utc>) -> Self {
        if self.kind == StepKind::Goals {
            checks.add(UserErrorCode::Invalid, "kind", "Goals follow from a conversation. Choose another kind.");
        }
        if !EARLY_HOURS.contains(&self.siblings_early_hours) {
            checks.add(UserErrorCode::Invalid, "siblingsEarlyHours", "Give 0 to 168 hours.");
        }
        if !MINUTES.contains(&self.slot_minutes) {
            checks.add(UserErrorCode::Invalid, "slotMinutes", "Give 5 to 120 minutes.");
        }
        closing(checks, self.opens_at, self.closes_at, now);
        Self { location: checks.optional_line("location", self.location.as_deref(), LOCATION_LENGTH), ..self }
    }
}

/// A round closes after it opened, and in time.
pub fn closing(checks: &mut Checks, opens_at: DateTime<Utc>, closes_at: DateTime<Utc>, now: DateTime<Utc>) {
    if closes_at <= opens_at || !is_ahead(closes_at, now) {
        checks.add(UserErrorCode::Invalid, "closesAt", "Let it close after it opens, at a time that is to come.");
    }
}

/// The slots that fit into a window, one after the other.
pub fn cut(starts_at: DateTime<Utc>, ends_at: DateTime<Utc>, minutes: i32) -> Vec<DateTime<Utc>> {
    let length = TimeDelta::minutes(i64::from(minutes.max(1)));
    let mut starts = Vec::new();
    let mut next = Some(starts_at);
    while let Some(start) = next
        && start.checked_add_signed(length).is_some_and(|end| end <= ends_at)
        && starts.len() <= MOST_SLOTS
    {
        starts.push(start);
        next = start.checked_add_signed(length);
    }
    starts
}

/// Whether a slot can be given on the day: it is to come, and not too far ahead.
pub fn is_ahead(starts_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    starts_at > now && starts_at.year() <= LAST_YEAR
}

/// The first time of `starts` that another one of them, or one of `taken`, overlaps.
pub fn overlap(
    starts: &[DateTime<Utc>],
    minutes: i32,
    taken: &[(DateTime<Utc>, DateTime<Utc>)],
) -> Option<DateTime<Utc>> {
    let length = TimeDelta::minutes(i64::from(minutes));
    let mut sorted = starts.to_vec();
    sorted.sort_unstable();
    let own = sorted.windows(2).find(|pair| pair[1] < pair[0] + length).map(|pair| pair[1]);
    own.or_else(|| {
        sorted.into_iter().find(|start| taken.iter().any(|(from, until)| *start < *until && *from < *start + length))
    })
}

/// When a family may begin to book.
pub fn opening(round: &booking_round::Model, children: usize) -> DateTime<Utc> {
    if children > 1 { round.opens_at - TimeDelta::hours(i64::from(round.siblings_early_hours)) } else { round.opens_at }
}

/// Whether a guardian may book, move and release now; `from` is when the family may begin.
pub fn guardian_may_book(round: &booking_round::Model, from: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    must_be_open(round)?;
    if now < from {
        let message = "Booking has not opened yet. The round says when it does.";
        return Err(refuse(UserErrorCode::Conflict, "slot", message));
    }
    if now >= round.closes_at {
        let message = "Booking has closed. Ask the teacher to book or move the conversation for you.";
        return Err(refuse(UserErrorCode::Expired, "slot", message));
    }
    Ok(())
}

/// What was cancelled is over for everybody.
pub fn must_be_open(round: &booking_round::Model) -> Result<()> {
    match round.status {
        BookingRoundStatus::Open => Ok(()),
        BookingRoundStatus::Cancelled => Err(refuse(UserErrorCode::Conflict, "", "This round was cancelled.")),
    }
}

/// What has begun is over.
pub fn must_be_to_come(starts_at: DateTime<Utc>, field: &str, now: DateTime<Utc>) -> Result<()> {
    if starts_at <= now {
        return Err(refuse(UserErrorCode::Expired, field, "This time is over. Choose a later one."));
    }
    Ok(())
}

/// For whom a booking counts, and who comes: the one guardian where the family talks apart, else all of them.
pub fn party(family: &Family, guardian: PersonId) -> (PersonId, Vec<PersonId>) {
    if family.apart {
        return (guardian, vec![guardian]);
    }
    let others = family.entitled.iter().copied().filter(|other| *other != guardian);
    (TOGETHER, std::iter::once(guardian).chain(others).collect())
}

/// Whether `booking` counts for `party` as well.
fn counts_for(booking: &slot_booking::Model, party: PersonId) -> bool {
    party == TOGETHER || booking.party_id == party || booking.guardian_id == party
}

/// One booking per child, teacher and party. `bookings` are those of the child with the teacher in the round.
pub fn must_be_first(bookings: &[slot_booking::Model], party: PersonId) -> Result<()> {
    if bookings.iter().any(|booking| counts_for(booking, party)) {
        return Err(refuse(UserErrorCode::Conflict, "student", BOOKED));
    }
    Ok(())
}

/// What a family reads that has booked already.
pub const BOOKED: &str =
    "There is a conversation with this teacher in this round already. Move it, or release it first.";

/// What the second of two reads who want the same slot.
pub const GONE: &str = "Somebody else was first. Choose another slot.";

/// When a conversation in the slot ends: with an interpreter it takes half as long again.
pub fn ends_at(slot: &slot::Model, interpreter: bool) -> DateTime<Utc> {
    let length = slot.ends_at - slot.starts_at;
    if interpreter { slot.ends_at + length / 2 } else { slot.ends_at }
}

/// A child and those of its guardians who have not booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbooked {
    pub student: StudentId,
    pub guardians: Vec<PersonId>,
}

/// The children for whom somebody is still to book, in the order of `students`.
pub(in crate::engagement) fn unbooked(
    students: &[StudentId],
    families: &HashMap<StudentId, Family>,
    bookings: &[slot_booking::Model],
) -> Vec<Unbooked> {
    let nobody = Family::default();
    let of = |student: &StudentId| {
        let family = families.get(student).unwrap_or(&nobody);
        let theirs: Vec<_> = bookings.iter().filter(|booking| booking.student_id == *student).collect();
        if !family.apart || family.entitled.is_empty() {
            return theirs.is_empty().then(|| Unbooked { student: *student, guardians: family.entitled.clone() });
        }
        let booked = |guardian: &PersonId| theirs.iter().any(|booking| booking.guardian_id == *guardian);
        let guardians: Vec<_> = family.entitled.iter().copied().filter(|guardian| !booked(guardian)).collect();
        (!guardians.is_empty()).then_some(Unbooked { student: *student, guardians })
    };
    students.iter().filter_map(of).collect()
}

/// The time of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    pub slot: SlotId,
    pub teacher: PersonId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

impl From<&slot::Model> for Time {
    fn from(slot: &slot::Model) -> Self {
        Self { slot: slot.id, teacher: slot.teacher_id, starts_at: slot.starts_at, ends_at: slot.ends_at }
    }
}

/// A time at which a teacher is taken.
#[derive(Clone, Copy, Debug)]
pub struct Busy {
    pub teacher: PersonId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// Whether a slot can be booked: nobody has it, its teacher is not taken then, and it is to come.
pub(super) fn is_free(time: &Time, booked: &HashSet<SlotId>, busy: &[Busy], now: DateTime<Utc>) -> bool {
    let clashes =
        |busy: &Busy| busy.teacher == time.teacher && busy.starts_at < time.ends_at && time.starts_at < busy.ends_at;
    time.starts_at > now && !booked.contains(&time.slot) && !busy.iter().any(clashes)
}

#[cfg(test)]
mod tests {
    use glans_entity::engagement::ConversationMode;
    use glans_entity::ids::{BoardId, BookingRoundId, ConversationId, SchoolId};

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_900_000_000, 0).unwrap() + TimeDelta::minutes(minute)
    }

    fn round(early: i32) -> booking_round::Model {
        booking_round::Model {
            id: BookingRoundId::new(),
            board_id: BoardId::new(),
            school_id: SchoolId::new(),
            kind: StepKind::Progress,
            opens_at: at(600),
            siblings_early_hours: early,
            closes_at: at(1_200),
            slot_minutes: 10,
            mode: ConversationMode::AtSchool,
            location: None,
            status: BookingRoundStatus::Open,
            created_at: at(0),
            updated_at: at(0),
            version: 1,
        }
    }

    fn booking(student: StudentId, guardian: PersonId, party: PersonId) -> slot_booking::Model {
        slot_booking::Model {
            slot_id: SlotId::new(),
            board_id: BoardId::new(),
            round_id: BookingRoundId::new(),
            student_id: student,
            teacher_id: PersonId::new(),
            guardian_id: guardian,
            party_id: party,
            conversation_id: ConversationId::new(),
            booked_at: at(0),
        }
    }

    fn code(done: Result<()>) -> Option<UserErrorCode> {
        match done {
            Err(crate::platform::error::Error::Refused(refusals)) => Some(refusals[0].code),
            _ => None,
        }
    }

    #[test]
    fn a_window_is_cut_into_whole_slots() {
        assert_eq!(cut(at(0), at(35), 10), [at(0), at(10), at(20)]);
        assert!(cut(at(0), at(9), 10).is_empty());
        assert!(cut(at(9), at(0), 10).is_empty());
        assert_eq!(cut(at(0), DateTime::<Utc>::MAX_UTC, 5).len(), MOST_SLOTS + 1);
        assert!(cut(DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MAX_UTC, 5).is_empty());
    }

    #[test]
    fn slots_of_a_teacher_do_not_overlap() {
        assert_eq!(overlap(&[at(10), at(0), at(20)], 10, &[]), None);
        assert_eq!(overlap(&[at(0), at(0)], 10, &[]), Some(at(0)));
        assert_eq!(overlap(&[at(5), at(0)], 10, &[]), Some(at(5)));
        assert_eq!(overlap(&[at(0)], 10, &[(at(9), at(15))]), Some(at(0)));
        assert_eq!(overlap(&[at(0)], 10, &[(at(10), at(15)), (at(-5), at(0))]), None);
    }

    #[test]
    fn families_with_several_children_come_first() {
        let round = round(2);
        assert_eq!((opening(&round, 1), opening(&round, 2)), (at(600), at(480)));
        assert_eq!(code(guardian_may_book(&round, opening(&round, 1), at(500))), Some(UserErrorCode::Conflict));
        assert_eq!(code(guardian_may_book(&round, opening(&round, 2), at(500))), None);
        assert_eq!(code(guardian_may_book(&round, opening(&round, 1), at(600))), None);
        assert_eq!(code(guardian_may_book(&round, opening(&round, 1), at(1_200))), Some(UserErrorCode::Expired));
        let cancelled = booking_round::Model { status: BookingRoundStatus::Cancelled, ..round };
        assert_eq!(code(guardian_may_book(&cancelled, at(0), at(600))), Some(UserErrorCode::Conflict));
    }

    #[test]
    fn who_talks_apart_books_for_themselves() {
        let (ilse, ruud, child) = (PersonId::new(), PersonId::new(), StudentId::new());
        let mut family = Family { entitled: vec![ilse, ruud], apart: false };
        assert_eq!(party(&family, ruud), (TOGETHER, vec![ruud, ilse]));
        family.apart = true;
        assert_eq!(party(&family, ruud), (ruud, vec![ruud]));
        let of_ilse = [booking(child, ilse, ilse)];
        assert_eq!(code(must_be_first(&of_ilse, ruud)), None);
        assert_eq!(code(must_be_first(&of_ilse, ilse)), Some(UserErrorCode::Conflict));
        assert_eq!(code(must_be_first(&of_ilse, TOGETHER)), Some(UserErrorCode::Conflict));
        // They came together when Ilse booked, and talk apart since.
        let of_both = [booking(child, ilse, TOGETHER)];
        assert_eq!(code(must_be_first(&of_both, ilse)), Some(UserErrorCode::Conflict));
        assert_eq!(code(must_be_first(&of_both, ruud)), None);
    }

    #[test]
    fn only_who_has_not_booked_is_reminded() {
        let (ilse, ruud, hanna) = (PersonId::new(), PersonId::new(), PersonId::new());
        let (noor, lotte, alone) = (StudentId::new(), StudentId::new(), StudentId::new());
        let families = HashMap::from([
            (noor, Family { entitled: vec![ilse, ruud], apart: true }),
            (lotte, Family { entitled: vec![hanna, ruud], apart: false }),
        ]);
        let students = [noor, lotte, alone];
        let bookings = [booking(noor, ilse, ilse), booking(lotte, hanna, TOGETHER)];
        let expected =
            [Unbooked { student: noor, guardians: vec![ruud] }, Unbooked { student: alone, guardians: Vec::new() }];
        assert_eq!(unbooked(&students, &families, &bookings), expected);
        assert_eq!(unbooked(&students, &families, &[])[1], Unbooked { student: lotte, guardians: vec![hanna, ruud] });
    }

    #[test]
    fn an_interpreter_takes_half_a_slot_more_and_the_next_one_is_not_free() {
        let teacher = PersonId::new();
        let slot = |from: i64| slot::Model {
            id: SlotId::new(),
            board_id: BoardId::new(),
            round_id: BookingRoundId::new(),
            teacher_id: teacher,
            starts_at: at(from),
            ends_at: at(from + 10),
        };
        let (first, next, last) = (slot(10), slot(20), slot(30));
        assert_eq!((ends_at(&first, false), ends_at(&first, true)), (at(20), at(25)));
        let busy = [Busy { teacher, starts_at: at(10), ends_at: at(25) }];
        let free = |slot: &slot::Model| is_free(&slot.into(), &HashSet::new(), &busy, at(0));
        assert_eq!((free(&first), free(&next), free(&last)), (false, false, true));
        assert!(!is_free(&(&last).into(), &HashSet::from([last.id]), &[], at(0)), "booked");
        assert!(!is_free(&(&last).into(), &HashSet::new(), &[], at(30)), "begun");
    }
}
