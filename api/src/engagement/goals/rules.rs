//! Pure decisions about goals.

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

pub const TEXT_LENGTH: usize = 500;
/// Goals of one child in one year at most.
pub const MOST: u64 = 20;

/// The checked text of a goal.
pub fn text(text: &str) -> Result<String> {
    let mut checks = Checks::default();
    let text = checks.text("text", text, TEXT_LENGTH);
    checks.done(text)
}

/// Refuses one goal too many.
pub fn has_room(field: &str, count: u64) -> Result<()> {
    if count >= MOST {
        let message = format!("A child has at most {MOST} goals in a year.");
        return Err(refuse(UserErrorCode::LimitReached, field, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_not_too_many_goals() {
        assert!(has_room("goals", MOST - 1).is_ok() && has_room("goals", MOST).is_err());
        assert_eq!(text(" Lezen ").unwrap(), "Lezen");
        assert!(text(" ").is_err());
    }
}
