//! When and where an occasion may be.

use std::ops::Range;

use async_graphql::MaybeUndefined;
use chrono::{DateTime, Datelike, TimeDelta, Utc};

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

const LOCATION_LENGTH: usize = 200;
const NOTES_LENGTH: usize = 10_000;
const LONGEST: TimeDelta = TimeDelta::hours(24);
/// What lies outside is a slip of the keyboard.
const YEARS: Range<i32> = 2000..2100;

/// The checked location of an occasion.
pub fn location(location: Option<&str>) -> Result<Option<String>> {
    let mut checks = Checks::default();
    let location = checks.optional_line("location", location, LOCATION_LENGTH);
    checks.done(location)
}

/// The checked location of an occasion that is changed: what is absent stays, null or an empty text takes it away.
pub fn relocated(given: &MaybeUndefined<String>, kept: Option<&str>) -> Result<Option<String>> {
    location(given.as_opt_deref().unwrap_or(kept))
}

/// The checked notes of an occasion.
pub fn notes(notes: Option<&str>) -> Result<Option<String>> {
    let mut checks = Checks::default();
    let notes = checks.optional_text("notes", notes, NOTES_LENGTH);
    checks.done(notes)
}

/// What did not begin yet cannot be recorded.
pub fn must_have_begun(starts: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    if now < starts {
        let message = "This has not begun yet. Record it when it was held, or move it.";
        return Err(refuse(UserErrorCode::Invalid, "id", message));
    }
    Ok(())
}

/// The checked begin and end of an occasion.
pub fn hours(starts: DateTime<Utc>, ends: DateTime<Utc>) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    if !YEARS.contains(&starts.year()) {
        return Err(refuse(UserErrorCode::Invalid, "startsAt", "Give a day between 2000 and 2099."));
    }
    let length = ends - starts;
    if length <= TimeDelta::zero() || length > LONGEST {
        let message = "Let it end after it begins, within 24 hours.";
        return Err(refuse(UserErrorCode::Invalid, "endsAt", message));
    }
    Ok((starts, ends))
}

/// The begin and end of an occasion that is moved: without a new end it stays as long as it was.
pub fn moved(
    (starts, ends): (DateTime<Utc>, DateTime<Utc>),
    new_start: Option<DateTime<Utc>>,
    new_end: Option<DateTime<Utc>>,
) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let start = new_start.unwrap_or(starts);
    let same_length = || start.checked_add_signed(ends - starts).unwrap_or(start);
    hours(start, new_end.unwrap_or_else(same_length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_900_000_000, 0).unwrap() + TimeDelta::hours(hour)
    }

    #[test]
    fn a_location_stays_until_it_is_taken_away() {
        let of = |given| relocated(&given, Some("Aula")).unwrap();
        assert_eq!(of(MaybeUndefined::Undefined).as_deref(), Some("Aula"));
        assert_eq!(of(MaybeUndefined::Value(" Zaal 2 ".to_owned())).as_deref(), Some("Zaal 2"));
        assert_eq!(of(MaybeUndefined::Null), None);
        assert_eq!(of(MaybeUndefined::Value(String::new())), None);
    }

    #[test]
    fn an_occasion_ends_after_it_begins_and_within_a_day() {
        assert!(hours(at(9), at(12)).is_ok());
        assert!(hours(at(9), at(33)).is_ok());
        assert!(hours(at(9), at(9)).is_err());
        assert!(hours(at(9), at(8)).is_err());
        assert!(hours(at(9), at(34)).is_err());
    }

    #[test]
    fn what_is_moved_stays_as_long_as_it_was() {
        let planned = (at(9), at(12));
        assert_eq!(moved(planned, Some(at(13)), None).unwrap(), (at(13), at(16)));
        assert_eq!(moved(planned, None, Some(at(11))).unwrap(), (at(9), at(11)));
        assert_eq!(moved(planned, None, None).unwrap(), planned);
        assert!(moved(planned, Some(at(13)), Some(at(12))).is_err());
        assert!(moved(planned, Some(DateTime::<Utc>::MAX_UTC), None).is_err());
    }

    #[test]
    fn an_occasion_is_in_this_century() {
        for day in ["1999-12-31T12:00:00Z", "2100-01-01T12:00:00Z", "9999-12-31T23:00:00Z"] {
            let start: DateTime<Utc> = day.parse().unwrap();
            assert!(hours(start, start + TimeDelta::hours(2)).is_err(), "{day}");
        }
    }
}
