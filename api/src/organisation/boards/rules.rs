//! What a board may look like.

use std::ops::RangeInclusive;

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

/// Characters of a name at most.
pub const NAME_LENGTH: usize = 120;

/// What a board may wish metrics to show no fewer of.
const LEAST_SHOWN: RangeInclusive<i32> = 5..=100;

/// The checked name and number of a board, and of how few its metrics are shown.
pub fn details(
    name: &str,
    number: Option<&str>,
    least_shown: Option<i32>,
) -> Result<(String, Option<String>, Option<i32>)> {
    let mut checks = Checks::default();
    let name = checks.line("name", name, NAME_LENGTH);
    if number.is_some_and(|number| !is_number(number)) {
        checks.add(UserErrorCode::Invalid, "number", "A board's number in the national register has five digits.");
    }
    if least_shown.is_some_and(|least| !LEAST_SHOWN.contains(&least)) {
        checks.add(UserErrorCode::Invalid, "leastShown", "Metrics can be hidden of fewer than 5 to 100.");
    }
    checks.done((name, number.map(str::to_owned), least_shown))
}

/// Refuses somebody another number than the board has. By its number the program finds the board that it fills with schools
/// and directors, so nobody takes one, and nobody learns from a refusal which board is here: no other board is looked at.
pub fn keeps_number(given: Option<&str>, known: Option<&str>) -> Result<()> {
    if given == known {
        return Ok(());
    }
    let message = "The number of a board comes from the national register: who operates Glans sets it with \
                   `glans import duo`.";
    Err(refuse(UserErrorCode::Forbidden, "number", message))
}

/// Five digits.
pub fn is_number(text: &str) -> bool {
    text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_five_digits() {
        assert!(is_number("41613"));
        for wrong in ["4161", "416130", "4161a", "", "４１６１３"] {
            assert!(!is_number(wrong), "{wrong}");
        }
    }

    #[test]
    fn nobody_gives_a_board_another_number() {
        for (given, known) in [(Some("41613"), None), (Some("41613"), Some("41614")), (None, Some("41613"))] {
            assert!(keeps_number(given, known).is_err(), "{given:?} for {known:?}");
        }
        assert!(keeps_number(Some("41613"), Some("41613")).is_ok());
        assert!(keeps_number(None, None).is_ok());
    }
}
