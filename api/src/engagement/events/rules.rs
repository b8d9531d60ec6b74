//! Pure decisions about events and answers.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use glans_entity::engagement::{EventStatus, Rsvp, event, event_response};
use glans_entity::ids::{EventId, PersonId};
use sea_orm::FromQueryResult;

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

/// Refuses what was held.
pub fn must_not_be_over(event: &event::Model, now: DateTime<Utc>) -> Result<()> {
    if event.ends_at <= now {
        return Err(refuse(
            UserErrorCode::Conflict,
            "id",
            "This event is over. What was held is not cancelled any more.",
        ));
    }
    Ok(())
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

/// The answers to an event of one kind, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Tally {
    pub event_id: EventId,
    pub answer: Rsvp,
    pub answers: i64,
    /// Those of them that wait for a place.
    pub waiting: i64,
    /// The guests of those that have one.
    pub seated: i64,
    pub checked_in: i64,
}

impl From<&event_response::Model> for Tally {
    fn from(row: &event_response::Model) -> Self {
        let waits = row.waiting_position.is_some();
        Self {
            event_id: row.event_id,
            answer: row.answer,
            answers: 1,
            waiting: i64::from(waits),
            seated: if waits { 0 } else { i64::from(row.guest_count) },
            checked_in: i64::from(row.checked_in_at.is_some()),
        }
    }
}

/// The guests who have a place.
pub fn seated(tallies: &[Tally]) -> i32 {
    i32::try_from(tallies.iter().map(|tally| tally.seated).sum::<i64>()).unwrap_or(i32::MAX)
}

/// How the places of an event are taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// The guests who have one.
    pub seated: i32,
    /// The answers that wait for one.
    pub waiting: Vec<event_response::Model>,
}

impl Places {
    /// With one answer more.
    #[must_use]
    pub fn with(mut self, answer: event_response::Model) -> Self {
        if answer.waiting_position.is_some() {
            self.waiting.push(answer);
        } else {
            self.seated += answer.guest_count;
        }
        self
    }
}

/// Where an answer YES with `guests` stands: none has a place, some waits. `others` are the answers of all others, `before`
/// is what the same person answered before.
///
/// # Errors
/// `LIMIT_REACHED` where there is no place for the guests who are more than before, or never will be for so many.
pub fn position(
    capacity: Option<i32>,
    others: &Places,
    before: Option<&event_response::Model>,
    guests: i32,
) -> Result<Option<i32>> {
    let Some(capacity) = capacity else { return Ok(None) };
    let free = capacity - others.seated;
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
            let last = others.waiting.iter().filter_map(|other| other.waiting_position).max();
            match last {
                None if guests <= free => Ok(None),
                last => Ok(Some(last.unwrap_or_default() + 1)),
            }
        }
    }
}

/// Who of those who wait gets a place now, in the order in which they answered; nobody overtakes.
pub fn moved_up(capacity: Option<i32>, places: &Places) -> Vec<PersonId> {
    let mut free = capacity.map(|capacity| capacity - places.seated);
    let mut waiting: Vec<_> = places.waiting.iter().collect();
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

/// A capacity holds those who were told that they have a place, and whoever waits could come in: nobody overtakes, so who
/// never could would keep out all behind them.
pub fn must_hold(capacity: Option<i32>, places: &Places) -> Result<()> {
    let Some(capacity) = capacity else { return Ok(()) };
    let refused = |message: String| Err(refuse(UserErrorCode::Conflict, "capacity", message));
    let seated = places.seated;
    if capacity < seated {
        return refused(format!("{seated} guests have a place already. Give a capacity that holds them."));
    }
    let largest = places.waiting.iter().map(|answer| answer.guest_count).max().unwrap_or_default();
    if capacity < largest {
        return refused(format!("Somebody waits who comes with {largest}. Give a capacity that holds them."));
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

    fn places(answers: &[event_response::Model]) -> Places {
        answers.iter().cloned().fold(Places::default(), Places::with)
    }

    #[test]
    fn a_full_event_puts_the_next_one_on_the_list() {
        let seated = places(&[answer(4, None), answer(4, None), answer(0, None)]);
        assert_eq!(position(None, &seated, None, 10).unwrap(), None);
        assert_eq!(position(Some(10), &seated, None, 2).unwrap(), None);
        assert_eq!(position(Some(10), &seated, None, 3).unwrap(), Some(1));
        // One place would do, but somebody waits already.
        let waiting = seated.with(answer(3, Some(7)));
        assert_eq!(position(Some(10), &waiting, None, 1).unwrap(), Some(8));
        assert!(position(Some(10), &Places::default(), None, 11).is_err(), "never a place for so many");
    }

    #[test]
    fn who_has_a_place_keeps_it() {
        let others = places(&[answer(8, None), answer(2, Some(1))]);
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
        let all = places(&[answer(6, None), second.clone(), first.clone(), third.clone()]);
        let order = |capacity| moved_up(capacity, &all);
        assert_eq!(order(Some(8)), [], "two are not enough for three, and nobody overtakes");
        assert_eq!(order(Some(10)), [first.person_id, third.person_id]);
        assert_eq!(order(None), [first.person_id, third.person_id, second.person_id]);
    }

    #[test]
    fn a_capacity_holds_who_has_a_place_and_who_waits_for_one() {
        let all = places(&[answer(2, None), answer(3, Some(1)), answer(1, Some(2))]);
        assert!(must_hold(Some(1), &all).is_err());
        assert!(must_hold(Some(2), &all).is_err(), "three who wait could never come in, nor the one behind them");
        assert!(must_hold(Some(3), &all).is_ok());
        assert!(must_hold(None, &all).is_ok());
    }

    #[test]
    fn answers_are_counted_by_kind() {
        let tallies = [answer(3, None), answer(2, Some(1)), answer(0, None)].map(|answer| Tally::from(&answer));
        assert_eq!(seated(&tallies), 3);
        assert_eq!(tallies.map(|tally| (tally.answers, tally.waiting)), [(1, 0), (1, 1), (1, 0)]);
    }
}
