//! Pure decisions about events and answers.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use glans_entity::engagement::{EventStatus, Rsvp, event, event_response};
use glans_entity::ids::PersonId;

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

const TITLE_LENGTH: usize = 200;
const DESCRIPTION_LENGTH: usize = 4_000;
const LOCATION_LENGTH: usize = 200;
const LONGEST: TimeDelta = TimeDelta::days(14);
/// What lies further ahead is a slip of the keyboard.
const LAST_YEAR: i32 = 2099;
const CAPACITIES: std::ops::RangeInclusive<i32> = 1..=100_000;
const GUESTS: std::ops::RangeInclusive<i32> = 1..=10;
/// How long before it begins, guests are let in.
const DOORS: TimeDelta = TimeDelta::hours(12);

/// What an event is, but for its audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    pub title: String,
    pub description: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub location: Option<String>,
    pub capacity: Option<i32>,
    pub respond_by: Option<DateTime<Utc>>,
}

impl Details {
    /// Adds what is wrong with them.
    #[must_use]
    pub fn checked(self, checks: &mut Checks, now: DateTime<Utc>) -> Self {
        let title = checks.line("title", &self.title, TITLE_LENGTH);
        let description = checks.optional_text("description", self.description.as_deref(), DESCRIPTION_LENGTH);
        if self.starts_at <= now || self.starts_at.year() > LAST_YEAR {
            checks.add(UserErrorCode::Invalid, "startsAt", "Let it begin at a time that is to come.");
        }
        if self.ends_at <= self.starts_at || self.ends_at - self.starts_at > LONGEST {
            checks.add(UserErrorCode::Invalid, "endsAt", "Let it end after it begins, within 14 days.");
        }
        let location = checks.optional_line("location", self.location.as_deref(), LOCATION_LENGTH);
        if self.capacity.is_some_and(|capacity| !CAPACITIES.contains(&capacity)) {
            checks.add(UserErrorCode::Invalid, "capacity", "Give 1 to 100,000 guests, or leave it out.");
        }
        if self.respond_by.is_some_and(|by| by > self.starts_at) {
            checks.add(UserErrorCode::Invalid, "respondBy", "Let answers come before it begins.");
        }
        Self { title, description, location, ..self }
    }
}

/// Refuses what was cancelled.
pub fn must_take_place(event: &event::Model, field: &str) -> Result<()> {
    match event.status {
        EventStatus::Planned => Ok(()),
        EventStatus::Cancelled => Err(refuse(UserErrorCode::Conflict, field, "This event was cancelled.")),
    }
}

/// Whether answers are still taken.
pub fn must_be_awaited(event: &event::Model, now: DateTime<Utc>) -> Result<()> {
    must_take_place(event, "event")?;
    if now >= event.respond_by.unwrap_or(event.starts_at) || now >= event.starts_at {
        return Err(refuse(UserErrorCode::Expired, "event", "Answers are not taken any more. Ask the school."));
    }
    Ok(())
}

/// Whether guests can be let in.
pub fn doors_are_open(event: &event::Model, now: DateTime<Utc>) -> Result<()> {
    must_take_place(event, "event")?;
    if now < event.starts_at - DOORS {
        let message = "This event is still to come. Guests are let in from twelve hours before it begins.";
        return Err(refuse(UserErrorCode::Conflict, "event", message));
    }
    Ok(())
}

/// With how many somebody comes.
pub fn guests(answer: Rsvp, given: Option<i32>) -> Result<i32> {
    match (answer, given) {
        (Rsvp::Yes, given) if GUESTS.contains(&given.unwrap_or(1)) => Ok(given.unwrap_or(1)),
        (Rsvp::No | Rsvp::Maybe, None) => Ok(0),
        (Rsvp::Yes, _) => Err(refuse(UserErrorCode::Invalid, "guestCount", "Come with 1 to 10, yourself counted.")),
        _ => Err(refuse(UserErrorCode::Invalid, "guestCount", "Leave it out unless you come.")),
    }
}

/// The guests who have a place.
pub fn seated(answers: &[event_response::Model]) -> i32 {
    answers.iter().filter(|answer| answer.waiting_position.is_none()).map(|answer| answer.guest_count).sum()
}

/// Where an answer YES with `guests` stands: none has a place, some waits. `others` are the answers of all others, `before`
/// is what the same person answered before.
///
/// # Errors
/// `LIMIT_REACHED` where there is no place for the guests who are more than before, or never will be for so many.
pub fn position(
    capacity: Option<i32>,
    others: &[event_response::Model],
    before: Option<&event_response::Model>,
    guests: i32,
) -> Result<Option<i32>> {
    let Some(capacity) = capacity else { return Ok(None) };
    let free = capacity - seated(others);
    let came = before.filter(|before| before.answer == Rsvp::Yes);
    match came {
        Some(before) if before.waiting_position.is_none() => {
            if guests <= before.guest_count || guests <= free {
                return Ok(None);
            }
            let message = "There is no place for so many. You keep the places that you have.";
            Err(refuse(UserErrorCode::LimitReached, "guestCount", message))
        }
        _ if guests > capacity => {
            let message = "There are not so many places at this event. Come with fewer.";
            Err(refuse(UserErrorCode::LimitReached, "guestCount", message))
        }
        Some(before) => Ok(before.waiting_position),
        None => {
            let last = others.iter().filter_map(|other| other.waiting_position).max();
            match last {
                None if guests <= free => Ok(None),
                last => Ok(Some(last.unwrap_or_default() + 1)),
            }
        }
    }
}

/// Who of those who wait gets a place now, in the order in which they answered; nobody overtakes.
pub fn moved_up(capacity: Option<i32>, answers: &[event_response::Model]) -> Vec<PersonId> {
    let mut free = capacity.map(|capacity| capacity - seated(answers));
    let mut waiting: Vec<_> = answers.iter().filter(|answer| answer.waiting_position.is_some()).collect();
    waiting.sort_by_key(|answer| answer.waiting_position);
    let fits = |answer: &&&event_response::Model| match &mut free {
        None => true,
        Some(free) => {
            *free -= answer.guest_count;
            *free >= 0
        }
    };
    waiting.iter().take_while(fits).map(|answer| answer.person_id).collect()
}

/// A capacity holds those who were told that they have a place.
pub fn must_hold(capacity: Option<i32>, answers: &[event_response::Model]) -> Result<()> {
    let seated = seated(answers);
    if capacity.is_some_and(|capacity| capacity < seated) {
        let message = format!("{seated} guests have a place already. Give a capacity that holds them.");
        return Err(refuse(UserErrorCode::Conflict, "capacity", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use glans_entity::ids::{BoardId, EventId};

    use super::*;

    fn answer(guests: i32, position: Option<i32>) -> event_response::Model {
        event_response::Model {
            event_id: EventId::new(),
            person_id: PersonId::new(),
            board_id: BoardId::new(),
            answer: if guests > 0 { Rsvp::Yes } else { Rsvp::No },
            guest_count: guests,
            waiting_position: position,
            answered_at: DateTime::<Utc>::MIN_UTC,
            checked_in_at: None,
        }
    }

    #[test]
    fn who_comes_says_with_how_many() {
        assert_eq!(guests(Rsvp::Yes, None).unwrap(), 1);
        assert_eq!(guests(Rsvp::Yes, Some(10)).unwrap(), 10);
        assert_eq!(guests(Rsvp::No, None).unwrap(), 0);
        for (answer, given) in [(Rsvp::Yes, 0), (Rsvp::Yes, 11), (Rsvp::No, 1), (Rsvp::Maybe, 2)] {
            assert!(guests(answer, Some(given)).is_err(), "{answer:?} {given}");
        }
    }

    #[test]
    fn a_full_event_puts_the_next_one_on_the_list() {
        let seated = [answer(4, None), answer(4, None), answer(0, None)];
        assert_eq!(position(None, &seated, None, 10).unwrap(), None);
        assert_eq!(position(Some(10), &seated, None, 2).unwrap(), None);
        assert_eq!(position(Some(10), &seated, None, 3).unwrap(), Some(1));
        // One place would do, but somebody waits already.
        let waiting = [answer(4, None), answer(4, None), answer(3, Some(7))];
        assert_eq!(position(Some(10), &waiting, None, 1).unwrap(), Some(8));
        assert!(position(Some(10), &[], None, 11).is_err(), "never a place for so many");
    }

    #[test]
    fn who_has_a_place_keeps_it() {
        let others = [answer(8, None), answer(2, Some(1))];
        let own = answer(2, None);
        assert_eq!(position(Some(10), &others, Some(&own), 1).unwrap(), None);
        assert_eq!(position(Some(10), &others, Some(&own), 2).unwrap(), None);
        assert!(position(Some(10), &others, Some(&own), 3).is_err());
        assert_eq!(position(Some(10), &others, Some(&answer(2, Some(5))), 4).unwrap(), Some(5));
        assert_eq!(position(Some(10), &others, Some(&answer(0, None)), 1).unwrap(), Some(2));
    }

    #[test]
    fn those_who_wait_move_up_in_their_order() {
        let (first, second, third) = (answer(3, Some(2)), answer(1, Some(4)), answer(1, Some(3)));
        let all = [answer(6, None), second.clone(), first.clone(), third.clone()];
        let order = |capacity| moved_up(capacity, &all);
        assert_eq!(order(Some(8)), [], "two are not enough for three, and nobody overtakes");
        assert_eq!(order(Some(10)), [first.person_id, third.person_id]);
        assert_eq!(order(None), [first.person_id, third.person_id, second.person_id]);
        assert!(must_hold(Some(5), &all).is_err());
        assert!(must_hold(Some(6), &all).is_ok());
    }
}
