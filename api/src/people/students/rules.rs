//! What a student may look like, and when one has left.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

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
    if holds_bsn(&display_name) {
        let message = "This looks like a citizen service number (BSN). Leave it out of the name.";
        checks.add(UserErrorCode::Invalid, "displayName", message);
    }
    let number = checks.optional_line("number", number, NUMBER_LENGTH);
    if number.as_deref().is_some_and(holds_bsn) {
        let message = "This looks like a citizen service number (BSN). Give the school's own number.";
        checks.add(UserErrorCode::Invalid, "number", message);
    }
    checks.done(Details { display_name, number })
}

/// The zeros of the scripts that have digits of their own; the nine others follow each (Unicode 16, general category Nd of the
/// Basic Multilingual Plane).
const ZEROS: [char; 35] = [
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}',
    '\u{ce6}', '\u{d66}', '\u{de6}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{1090}', '\u{17e0}', '\u{1810}',
    '\u{1946}', '\u{19d0}', '\u{1a80}', '\u{1a90}', '\u{1b50}', '\u{1bb0}', '\u{1c40}', '\u{1c50}', '\u{a620}',
    '\u{a8d0}', '\u{a900}', '\u{a9d0}', '\u{a9f0}', '\u{aa50}', '\u{abf0}',
];

/// Whether nine digits in a row are a BSN, of whatever script, with or without dots, dashes and blanks between them.
fn holds_bsn(text: &str) -> bool {
    // The compatible form of wide, raised and circled digits is the plain one.
    let text: String = text.nfkc().map(plain_digit).collect();
    let joined: String = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
    [text, joined].iter().any(|text| text.split(|letter: char| !letter.is_ascii_digit()).any(is_bsn))
}

fn plain_digit(letter: char) -> char {
    let value =
        |zero: char| u32::from(letter).checked_sub(u32::from(zero)).and_then(|value| char::from_digit(value, 10));
    ZEROS.into_iter().find_map(value).unwrap_or(letter)
}

/// Nine digits that pass the eleven test (*elfproef*) of a BSN: the law forbids to keep it here.
fn is_bsn(digits: &str) -> bool {
    let digits: Vec<i32> =
        digits.chars().filter_map(|digit| digit.to_digit(10)).filter_map(|digit| i32::try_from(digit).ok()).collect();
    let sum: i32 = digits.iter().zip([9, 8, 7, 6, 5, 4, 3, 2, -1]).map(|(digit, weight)| digit * weight).sum();
    digits.len() == 9 && sum != 0 && sum % 11 == 0
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
        for number in [
            " 111222333 ",
            "1112.22.333",
            "111 222-333",
            "L-111222333",
            "٠١٢٣٤٥٦٧٢",
            "１１１２２２３３３",
            "BSN 1112.22.333",
        ] {
            assert!(details("Sanne", Some(number)).is_err(), "{number}");
            assert!(details(&format!("Sanne {number}"), None).is_err(), "{number}");
        }
        assert!(details("Groep 8 111222333", None).is_err());
        for number in ["111222334", "11122233", "1112223330", "2041-8", "000000000"] {
            assert!(details(&format!("Sanne ({number})"), Some(number)).is_ok(), "{number}");
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
