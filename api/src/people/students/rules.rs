//! What a student may look like, and when one has left.

use chrono::NaiveDate;

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

const NAME_LENGTH: usize = 120;
const NUMBER_LENGTH: usize = 40;

/// The checked details of a student.
#[derive(Debug, PartialEq, Eq)]
pub struct Details {
    pub display_name: String,
    pub number: Option<String>,
}

/// Checks name and number.
pub fn details(display_name: &str, number: Option<&str>) -> Result<Details> {
    let mut checks = Checks::default();
    let display_name = checks.line("displayName", display_name, NAME_LENGTH);
    let number = checks.optional_line("number", number, NUMBER_LENGTH);
    if number.as_deref().is_some_and(is_bsn) {
        let message = "This looks like a citizen service number (BSN). Give the school's own number.";
        checks.add(UserErrorCode::Invalid, "number", message);
    }
    checks.done(Details { display_name, number })
}

/// Nine digits that pass the eleven test (*elfproef*) of a BSN: the law forbids to keep it here.
pub fn is_bsn(number: &str) -> bool {
    let digits: Option<Vec<i32>> =
        number.chars().map(|digit| digit.to_digit(10).and_then(|digit| i32::try_from(digit).ok())).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 9) else { return false };
    let sum: i32 = digits.iter().zip([9, 8, 7, 6, 5, 4, 3, 2, -1]).map(|(digit, weight)| digit * weight).sum();
    sum != 0 && sum % 11 == 0
}

/// A student who has left takes no place in a class group.
pub fn is_here(left_on: Option<NaiveDate>, today: NaiveDate) -> Result<()> {
    match left_on {
        Some(last) if last < today => {
            Err(refuse(UserErrorCode::Conflict, "student", "This student has left the school."))
        }
        _ => Ok(()),
    }
}

/// The last day of a student who leaves: within a year of today, on either side.
pub fn last_day(on: NaiveDate, today: NaiveDate) -> Result<NaiveDate> {
    if (on - today).num_days().abs() > 366 {
        return Err(refuse(UserErrorCode::Invalid, "on", "Choose a last day within a year of today."));
    }
    Ok(on)
}

/// The last day of what lasts to `last` at most: what has not begun by then is over before it begins.
pub fn last_of(starts_on: NaiveDate, last: NaiveDate) -> NaiveDate {
    Ord::max(last, starts_on.pred_opt().unwrap_or(starts_on))
}

/// The last day of a student at the school, and the one that was told before.
#[derive(Clone, Copy, Debug)]
pub struct Leaving {
    pub last: NaiveDate,
    pub former: Option<NaiveDate>,
}

impl Leaving {
    /// The day on which a place or relation of the student is to end, where that is another one than now: of what would
    /// go on, and of what ended with the stay as it was told before. What ended earlier keeps its last day.
    pub fn end_of(self, starts_on: NaiveDate, ends_on: Option<NaiveDate>) -> Option<NaiveDate> {
        let end = last_of(starts_on, self.last);
        let goes_on = ends_on.is_none_or(|own| own > end);
        let ended_with_it = self.former.is_some_and(|former| ends_on == Some(last_of(starts_on, former)));
        ((goes_on || ended_with_it) && ends_on != Some(end)).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_citizen_service_number_is_refused() {
        // 111222333 is the number that the tax office uses in its examples.
        assert!(is_bsn("111222333"));
        assert!(details("Sanne", Some(" 111222333 ")).is_err());
        for number in ["111222334", "11122233", "1112223330", "L-111222333", "000000000"] {
            assert!(!is_bsn(number), "{number}");
        }
        assert_eq!(details("Sanne", Some(" 2041 ")).unwrap().number.as_deref(), Some("2041"));
    }

    #[test]
    fn who_left_yesterday_is_not_here() {
        assert!(is_here(Some(day("2026-11-23")), day("2026-11-24")).is_err());
        assert!(is_here(Some(day("2026-11-24")), day("2026-11-24")).is_ok());
        assert!(is_here(None, day("2026-11-24")).is_ok());
    }

    #[test]
    fn what_lasts_as_long_as_the_stay_moves_with_its_end() {
        let end = |former: Option<&str>, last: &str, starts_on: &str, ends_on: Option<&str>| {
            Leaving { last: day(last), former: former.map(day) }.end_of(day(starts_on), ends_on.map(day))
        };
        let (typed, meant) = ("2025-12-15", "2027-07-31");
        assert_eq!(end(None, typed, "2025-08-01", None), Some(day(typed)));
        assert_eq!(end(None, typed, "2025-08-01", Some("2026-07-31")), Some(day(typed)));
        assert_eq!(end(None, typed, "2025-08-01", Some("2025-10-01")), None, "it ended by itself");
        assert_eq!(end(None, typed, "2026-01-01", None), Some(day("2025-12-31")), "it never begins");
        assert_eq!(end(Some(typed), meant, "2025-08-01", Some(typed)), Some(day(meant)));
        assert_eq!(end(Some(typed), meant, "2026-01-01", Some("2025-12-31")), Some(day(meant)));
        assert_eq!(end(Some(typed), meant, "2025-08-01", Some("2025-10-01")), None);
        assert_eq!(end(Some(meant), typed, "2026-01-01", Some(meant)), Some(day("2025-12-31")));
        assert_eq!(end(Some(typed), typed, "2025-08-01", Some(typed)), None, "told again");
    }

    #[test]
    fn a_last_day_is_within_a_year() {
        let today = day("2026-11-24");
        assert!(last_day(day("2027-07-31"), today).is_ok());
        assert!(last_day(day("2206-11-24"), today).is_err());
        assert!(last_day(day("2016-11-24"), today).is_err());
    }
}
