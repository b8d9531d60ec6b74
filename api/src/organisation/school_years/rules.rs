//! What a school year may look like.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::platform::error::{Error, Result, UserErrorCode};
use crate::platform::text::Checks;

const TITLE_LENGTH: usize = 40;
/// A year in which the start of the next one moves is longer than others, and no more than that.
const LONGEST_DAYS: i64 = 400;

/// A checked school year.
#[derive(Debug, PartialEq, Eq)]
pub struct Details {
    pub title: String,
    pub starts_on: NaiveDate,
    /// Inclusive.
    pub ends_on: NaiveDate,
}

/// The year from `starts_on`: up to the day before the same day of the next year, unless told otherwise.
pub fn details(title: Option<&str>, starts_on: NaiveDate, ends_on: Option<NaiveDate>) -> Result<Details> {
    let ends_on = match ends_on {
        Some(day) => day,
        None => a_year_from(starts_on).ok_or_else(|| Error::fault("a day at the end of the calendar"))?,
    };
    let mut checks = Checks::default();
    let title = match title {
        Some(title) => checks.line("title", title, TITLE_LENGTH),
        None => format!("{}–{}", starts_on.year(), ends_on.year()),
    };
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

    #[test]
    fn a_year_lasts_to_the_end_of_july() {
        let year = details(None, day("2026-08-01"), None).unwrap();
        assert_eq!(year.ends_on, day("2027-07-31"));
        assert_eq!(year.title, "2026–2027");
    }

    #[test]
    fn a_year_is_neither_empty_nor_endless() {
        assert!(details(None, day("2026-08-01"), Some(day("2026-08-01"))).is_err());
        assert!(details(None, day("2026-08-01"), Some(day("2027-09-04"))).is_ok());
        assert!(details(None, day("2026-08-01"), Some(day("2027-09-05"))).is_err());
        assert!(details(Some(" "), day("2026-08-01"), None).is_err());
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
