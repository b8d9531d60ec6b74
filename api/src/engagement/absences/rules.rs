//! Pure decisions about absence notices. Days are those of the Netherlands, where the boards are.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::Amsterdam;

use crate::call::begin;
use crate::platform::error::UserErrorCode;
use crate::platform::text::Checks;

/// Days that one notice spans at most.
const LONGEST: u64 = 92;
/// What lies further ahead is a slip of the keyboard.
const LAST_YEAR: i32 = 2099;

/// From when until when a child does not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) starts_at: DateTime<Utc>,
    pub(super) ends_at: DateTime<Utc>,
    pub(super) has_start_time: bool,
    pub(super) has_end_time: bool,
}

/// When the day `on` has ended.
pub(super) fn end(on: NaiveDate) -> DateTime<Utc> {
    begin(on.checked_add_days(Days::new(1)).unwrap_or(on))
}

/// The day of an instant.
pub(super) fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Amsterdam).date_naive()
}

/// The last day of what ends at an instant.
pub(super) fn last_day(ends_at: DateTime<Utc>) -> NaiveDate {
    day(ends_at - TimeDelta::microseconds(1))
}

/// The checked span of days, with the times of its first and last one if they are known. `today` is the day of the act;
/// a notice may be a day late, for who was offline.
pub(super) fn span(
    checks: &mut Checks,
    today: NaiveDate,
    (starts_on, ends_on): (NaiveDate, NaiveDate),
    (start, ends): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Span {
    if starts_on < today.pred_opt().unwrap_or(today) || starts_on.year() > LAST_YEAR {
        checks.add(UserErrorCode::Invalid, "startsOn", "Give a day from yesterday on.");
    }
    if ends_on < starts_on || ends_on > starts_on.checked_add_days(Days::new(LONGEST)).unwrap_or(starts_on) {
        checks.add(UserErrorCode::Invalid, "endsOn", "Let it end after it begins, within 92 days.");
    }
    if start.is_some_and(|at| day(at) != starts_on) {
        checks.add(UserErrorCode::Invalid, "startsAt", "Give a time on the first day.");
    }
    if ends.is_some_and(|at| last_day(at) != ends_on) {
        checks.add(UserErrorCode::Invalid, "endsAt", "Give a time on the last day.");
    }
    let (starts_at, ends_at) = (start.unwrap_or_else(|| begin(starts_on)), ends.unwrap_or_else(|| end(ends_on)));
    if start.is_some() && ends.is_some() && ends_at <= starts_at {
        checks.add(UserErrorCode::Invalid, "endsAt", "Let it end after it begins.");
    }
    Span { starts_at, ends_at, has_start_time: start.is_some(), has_end_time: ends.is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;
    use crate::platform::scalars::Instant;

    fn on(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2031, 3, day).unwrap()
    }

    fn fields(checks: Checks) -> Vec<String> {
        match checks.done(()) {
            Err(Error::Refused(problems)) => problems.into_iter().map(|problem| problem.field.join(".")).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_day_begins_and_ends_in_the_netherlands() {
        assert_eq!(begin(on(4)).to_rfc3339(), "2031-03-03T23:00:00+00:00");
        // The clock is put forward in the night before.
        assert_eq!((end(on(30)) - begin(on(30))).num_hours(), 23);
        assert_eq!((day(begin(on(4))), last_day(end(on(4)))), (on(4), on(4)));
    }

    #[test]
    fn a_notice_is_of_whole_days_or_of_a_part_of_one() {
        let mut checks = Checks::default();
        let whole = span(&mut checks, on(4), (on(4), on(5)), (None, None));
        assert_eq!((whole.starts_at, whole.ends_at), (begin(on(4)), end(on(5))));
        let from = begin(on(6)) + TimeDelta::hours(10);
        let part = span(&mut checks, on(4), (on(6), on(6)), (Some(from), None));
        assert_eq!((part.starts_at, part.ends_at, part.has_start_time), (from, end(on(6)), true));
        span(&mut checks, on(4), (on(3), on(3)), (None, None));
        assert_eq!(fields(checks), Vec::<String>::new());
    }

    #[test]
    fn the_farthest_times_that_can_be_given_are_on_no_day_of_it() {
        let mut checks = Checks::default();
        let given = |text| Instant::read(text).unwrap();
        let (first, last) = (given("0001-01-01T00:00:00Z"), given("9999-12-31T23:59:59.999999Z"));
        span(&mut checks, on(4), (on(6), on(6)), (Some(last), Some(first)));
        assert_eq!(fields(checks), ["startsAt", "endsAt", "endsAt"]);
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let mut checks = Checks::default();
        let noon = |day| Some(begin(on(day)) + TimeDelta::hours(12));
        span(&mut checks, on(10), (on(8), on(7)), (noon(9), noon(9)));
        assert_eq!(fields(checks), ["startsOn", "endsOn", "startsAt", "endsAt", "endsAt"]);
    }
}
