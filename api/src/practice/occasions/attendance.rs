//! Taking attendance: what was said of each, against those who were to come. Pure.

use glans_entity::ids::{PersonId, SchoolId};
use glans_entity::practice::AttendanceStatus;

use super::types::AttendanceInput;
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};

/// Entries in one list at most.
const MOST_ENTRIES: usize = 1_000;

/// A person who attends for a school.
pub type Seat = (PersonId, SchoolId);

/// What is to be stored of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub seat: Seat,
    pub status: AttendanceStatus,
    pub expected: bool,
}

/// Who may be named for an occasion.
#[derive(Debug, Default)]
pub struct Roll {
    /// Those who were to come.
    pub expected: Vec<Seat>,
    /// Others who may have been there.
    pub guests: Vec<Seat>,
}

/// What `named` says of each; when an occasion is recorded for the first time, who was to come and is not named was absent.
///
/// # Errors
/// `REQUIRED` for a first record that names nobody, `NOT_FOUND` for somebody who cannot have been there, `INVALID` for
/// somebody who is named twice.
pub fn take(roll: &Roll, named: &[AttendanceInput], first: bool) -> Result<Vec<Entry>> {
    if first && named.is_empty() {
        let message = "Say who was there. Without attendance it cannot be closed.";
        return Err(refuse(UserErrorCode::Required, "attendance", message));
    }
    if named.len() > MOST_ENTRIES {
        let message = format!("Give at most {MOST_ENTRIES} persons.");
        return Err(refuse(UserErrorCode::LimitReached, "attendance", message));
    }
    let mut entries: Vec<Entry> = Vec::new();
    for (at, input) in named.iter().enumerate() {
        for seat in seats(roll, at, input)? {
            if entries.iter().any(|entry| entry.seat == seat) {
                let message = "This person is in the list twice. Leave one out.";
                return Err(refuse(UserErrorCode::Invalid, &format!("attendance.{at}.person"), message));
            }
            entries.push(Entry { seat, status: input.status.into(), expected: roll.expected.contains(&seat) });
        }
    }
    if first {
        for seat in &roll.expected {
            if !entries.iter().any(|entry| entry.seat == *seat) {
                entries.push(Entry { seat: *seat, status: AttendanceStatus::Absent, expected: true });
            }
        }
    }
    Ok(entries)
}

/// The seats that one line of the list speaks of.
fn seats(roll: &Roll, at: usize, input: &AttendanceInput) -> Result<Vec<Seat>> {
    let nobody = || not_found(&format!("attendance.{at}.person"));
    let person: PersonId = input.person.parse().map_err(|_| nobody())?;
    let school: Option<SchoolId> = match &input.school {
        Some(school) => Some(school.parse().map_err(|_| not_found(&format!("attendance.{at}.school")))?),
        None => None,
    };
    let mut seats: Vec<Seat> = roll.expected.iter().chain(&roll.guests).copied().collect();
    seats.retain(|seat| seat.0 == person && school.is_none_or(|school| seat.1 == school));
    seats.sort_unstable();
    seats.dedup();
    if seats.is_empty() { Err(nobody()) } else { Ok(seats) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::occasions::types::Presence;

    fn named(person: PersonId, school: Option<SchoolId>, status: Presence) -> AttendanceInput {
        AttendanceInput { person: person.to_string().into(), school: school.map(|id| id.to_string().into()), status }
    }

    fn seat() -> Seat {
        (PersonId::new(), SchoolId::new())
    }

    #[test]
    fn who_was_to_come_and_is_not_named_was_absent_the_first_time() {
        let roll = Roll { expected: vec![seat(), seat()], guests: vec![seat()] };
        let list =
            [named(roll.expected[0].0, None, Presence::Present), named(roll.guests[0].0, None, Presence::Present)];
        let entry = |seat, status, expected| Entry { seat, status, expected };
        let told = [
            entry(roll.expected[0], AttendanceStatus::Present, true),
            entry(roll.guests[0], AttendanceStatus::Present, false),
        ];
        let first = take(&roll, &list, true).unwrap();
        assert_eq!(first[..2], told);
        assert_eq!(first[2..], [entry(roll.expected[1], AttendanceStatus::Absent, true)]);
        assert_eq!(take(&roll, &list, false).unwrap(), told);
    }

    #[test]
    fn who_leads_two_schools_attends_for_both_unless_one_is_named() {
        let (person, first, second) = (PersonId::new(), SchoolId::new(), SchoolId::new());
        let roll = Roll { expected: vec![(person, first), (person, second)], guests: vec![] };
        let both = take(&roll, &[named(person, None, Presence::Present)], true).unwrap();
        assert!(both.len() == 2 && both.iter().all(|entry| entry.status == AttendanceStatus::Present));
        let one = take(&roll, &[named(person, Some(second), Presence::CaughtUp)], false).unwrap();
        assert_eq!(one.iter().map(|entry| entry.seat).collect::<Vec<_>>(), [(person, second)]);
    }

    #[test]
    fn an_empty_list_a_stranger_and_a_double_are_refused() {
        let roll = Roll { expected: vec![seat()], guests: vec![] };
        let present = named(roll.expected[0].0, None, Presence::Present);
        assert!(take(&roll, &[], true).is_err());
        assert!(take(&roll, &[], false).unwrap().is_empty());
        assert!(take(&roll, &[named(PersonId::new(), None, Presence::Present)], true).is_err());
        assert!(take(&roll, &[present.clone(), present], true).is_err());
    }
}
