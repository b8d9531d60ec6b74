//! What a board may look like.

use std::ops::RangeInclusive;

use crate::platform::error::{Result, UserErrorCode};
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
}
