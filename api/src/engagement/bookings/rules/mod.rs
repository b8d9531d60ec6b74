//! Pure decisions about rounds, slots and bookings.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use glans_entity::engagement::slot_booking::TOGETHER;
use glans_entity::engagement::{BookingRoundStatus, StepKind, booking_round, slot, slot_booking};
use glans_entity::ids::{ClassGroupId, PersonId, SlotId, StudentId};
use glans_entity::organisation::{class_group, school};

use crate::engagement::partnerships::Family;
use crate::organisation::in_use;
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

/// When `group` was closed, or its `school`; none while both are in use.
pub(super) fn closed_at(group: &class_group::Model, school: &school::Model) -> Option<DateTime<Utc>> {
    group.archived_at.or(school.archived_at)
}

/// The groups for which a round goes on, one at least. It addresses nobody of those that were closed.
///
/// # Errors
/// `CONFLICT` at `id` where all of them were.
pub(super) fn left(groups: &[class_group::Model], school: &school::Model) -> Result<Vec<ClassGroupId>> {
    // None, of what is in use, comes before every time.
    in_use(groups.iter().map(|group| closed_at(group, school)).min().flatten(), "id")?;
    let left = groups.iter().filter(|group| closed_at(group, school).is_none());
    Ok(left.map(|group| group.id).collect())
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
