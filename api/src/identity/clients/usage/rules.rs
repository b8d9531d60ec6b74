//! Which days of usage are shown.

use chrono::{Days, NaiveDate};

use crate::platform::error::{Code, Result, coded};

/// Days that are shown where the client does not say.
const USUAL: u64 = 30;
/// Days that are shown at once, at most: a year, also a leap year.
const MOST: i64 = 366;

/// The first and the last day: those that were asked for, else the 30 that end `today`, or on the last day asked for.
///
/// # Errors
/// `BAD_USER_INPUT` where they are more than a year, or the last one comes before the first.
pub fn days(from: Option<NaiveDate>, to: Option<NaiveDate>, today: NaiveDate) -> Result<(NaiveDate, NaiveDate)> {
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| to.checked_sub_days(Days::new(USUAL - 1)).unwrap_or(to));
    let between = to.signed_duration_since(from).num_days();
    if (0..MOST).contains(&between) {
        return Ok((from, to));
    }
    Err(coded(Code::BadUserInput, format!("Ask for 1 to {MOST} days, `from` before `to` or on the same day.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_is_shown_unless_asked_otherwise() {
        let today = day("2026-11-30");
        assert_eq!(days(None, None, today).unwrap(), (day("2026-11-01"), today));
        assert_eq!(days(Some(day("2026-11-29")), None, today).unwrap(), (day("2026-11-29"), today));
        assert_eq!(days(None, Some(day("2026-03-01")), today).unwrap(), (day("2026-01-31"), day("2026-03-01")));
        assert_eq!(days(Some(today), Some(today), today).unwrap(), (today, today));
    }

    #[test]
    fn a_year_at_most_is_shown() {
        let today = day("2028-12-31");
        assert!(days(Some(day("2028-01-01")), None, today).is_ok());
        assert!(days(Some(day("2027-12-31")), None, today).is_err());
        assert!(days(Some(day("2029-01-01")), None, today).is_err());
        assert!(days(Some(NaiveDate::MIN), Some(NaiveDate::MAX), today).is_err());
    }
}
