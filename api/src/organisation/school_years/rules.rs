//! What a school year may look like.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::platform::error::{Error, Result, UserErrorCode};
use crate::platform::text::Checks;

const TITLE_LENGTH: usize = 40;
/// A year in which the start of the next one moves is longer than others, and no more than that.
const LONGEST_DAYS: i64 = 400;
/// How many years before and after that of today a school year may start.
const NEAR_YEARS: u32 = 20;

/// A checked school year.
#[derive(Debug, PartialEq, Eq)]
pub struct Details {
    pub title: String,
    pub starts_on: NaiveDate,
    /// Inclusive.
    pub ends_on: NaiveDate,
}

/// The year from `starts_on`: up to the day before the same day of the next year, unless told otherwise.
pub fn details(
    title: Option<&str>,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<Details> {
    let ends_on = match ends_on {
        Some(day) => day,
        None => a_year_from(starts_on).ok_or_else(|| Error::fault("a day at the end of the calendar"))?,
    };
    let mut checks = Checks::default();
    let title = match title {
        Some(title) => checks.line("title", title, TITLE_LENGTH),
        None => format!("{}-{}", starts_on.year(), ends_on.year()),
    };
    if starts_on.year().abs_diff(today.year()) > NEAR_YEARS {
        let message = format!("Choose a first day within {NEAR_YEARS} years of today.");
        checks.add(UserErrorCode::Invalid, "startsOn", message);
    }
    if ends_on <= starts_on {
        checks.add(UserErrorCode::Invalid, "endsOn", "Choose a last day after the first.");
    } else if (ends_on - starts_on).num_days() >= LONGEST_DAYS {
        checks.add(UserErrorCode::Invalid, "endsOn", format!("A school year has fewer than {LONGEST_DAYS} days."));
    }
    checks.done(Details { title, starts_on, ends_on })
}

fn a_year_from(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(12))?.checked_sub_days(Days::new(1))
}

/// Whether two years, each with its last day, share a day.
pub fn overlap(one: (NaiveDate, NaiveDate), other: (NaiveDate, NaiveDate)) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn told(title: Option<&str>, starts_on: &str, ends_on: Option<&str>) -> Result<Details> {
        details(title, day(starts_on), ends_on.map(day), day("2026-11-30"))
    }

    #[test]
    fn a_year_lasts_to_the_end_of_july() {
        let year = told(None, "2026-08-01", None).unwrap();
        assert_eq!(year.ends_on, day("2027-07-31"));
        assert_eq!(year.title, "2026-2027");
    }

    #[test]
    fn a_year_is_neither_empty_nor_endless() {
        assert!(told(None, "2026-08-01", Some("2026-08-01")).is_err());
        assert!(told(None, "2026-08-01", Some("2027-09-04")).is_ok());
        assert!(told(None, "2026-08-01", Some("2027-09-05")).is_err());
        assert!(told(Some(" "), "2026-08-01", None).is_err());
    }

    #[test]
    fn a_year_is_near_to_today() {
        for near in ["2006-08-01", "2046-08-01"] {
            assert!(told(None, near, None).is_ok(), "{near}");
        }
        for far in ["0001-01-01", "1850-08-01", "2005-08-01", "2047-08-01", "9999-12-31"] {
            let Err(Error::Refused(problems)) = told(None, far, None) else { panic!("refused: {far}") };
            let fields: Vec<_> = problems.iter().map(|problem| problem.field[0].as_str()).collect();
            assert_eq!(fields, ["startsOn"], "{far}");
        }
    }

    #[test]
    fn years_that_touch_do_not_overlap() {
        let year = (day("2026-08-01"), day("2027-07-31"));
        assert!(overlap(year, (day("2027-07-31"), day("2028-07-31"))));
        assert!(!overlap(year, (day("2027-08-01"), day("2028-07-31"))));
        assert!(!overlap((day("2025-08-01"), day("2026-07-31")), year));
        assert!(overlap(year, (day("2026-10-01"), day("2026-11-01"))));
    }
}
