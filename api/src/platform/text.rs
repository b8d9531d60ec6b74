//! Checks of short texts from outside.

use unicode_normalization::UnicodeNormalization;

use super::error::{Refusal, UserErrorCode, refusal};

/// Collects the problems of one input, so that all are told at once.
#[derive(Debug, Default)]
pub struct Checks {
    problems: Vec<Refusal>,
}

impl Checks {
    /// A text that must be there: trimmed, NFC, one line, `1..=longest` characters.
    pub fn line(&mut self, field: &str, text: &str, longest: usize) -> String {
        let text = tidy(text);
        if text.is_empty() {
            self.add(UserErrorCode::Required, field, "Fill this in.");
        } else if text.chars().count() > longest {
            self.add(UserErrorCode::TooLong, field, format!("Use at most {longest} characters."));
        } else if text.chars().any(char::is_control) {
            self.add(UserErrorCode::Invalid, field, "Leave out line breaks and control characters.");
        }
        text
    }

    /// As [`Checks::line`]; an empty text is none.
    pub fn optional_line(&mut self, field: &str, text: Option<&str>, longest: usize) -> Option<String> {
        text.map(tidy).filter(|text| !text.is_empty()).map(|text| self.line(field, &text, longest))
    }

    /// Adds a problem.
    pub fn add(&mut self, code: UserErrorCode, field: &str, message: impl Into<String>) {
        self.problems.push(refusal(code, field, message));
    }

    /// All problems, or `value` when there are none.
    pub fn done<T>(self, value: T) -> super::error::Result<T> {
        if self.problems.is_empty() { Ok(value) } else { Err(super::error::Error::Refused(self.problems)) }
    }
}

fn tidy(text: &str) -> String {
    text.trim().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;

    #[test]
    fn every_problem_is_told_at_once() {
        let mut checks = Checks::default();
        assert_eq!(checks.line("name", "  De Zwaluw ", 20), "De Zwaluw");
        checks.line("city", " ", 20);
        checks.line("street", "a\nb", 20);
        assert_eq!(checks.optional_line("phone", Some("  "), 20), None);
        let Err(Error::Refused(problems)) = checks.done(()) else { panic!("refused") };
        let told: Vec<_> = problems.iter().map(|problem| (problem.code, problem.field[0].as_str())).collect();
        assert_eq!(told, [(UserErrorCode::Required, "city"), (UserErrorCode::Invalid, "street")]);
    }
}
