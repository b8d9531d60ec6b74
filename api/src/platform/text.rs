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
        } else if hides_something(&text) {
            self.add(UserErrorCode::Invalid, field, "Leave out invisible characters.");
        } else if !text.chars().any(is_read) {
            self.add(UserErrorCode::Invalid, field, "Use at least one letter or digit.");
        }
        text
    }

    /// As [`Checks::line`]; an empty text is none.
    pub fn optional_line(&mut self, field: &str, text: Option<&str>, longest: usize) -> Option<String> {
        text.map(tidy).filter(|text| !text.is_empty()).map(|text| self.line(field, &text, longest))
    }

    /// A text that must be there, of several lines: trimmed, NFC, `1..=longest` characters.
    pub fn text(&mut self, field: &str, text: &str, longest: usize) -> String {
        let text = tidy(text);
        if text.is_empty() {
            self.add(UserErrorCode::Required, field, "Fill this in.");
        } else if text.chars().count() > longest {
            self.add(UserErrorCode::TooLong, field, format!("Use at most {longest} characters."));
        } else if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
            self.add(UserErrorCode::Invalid, field, "Leave out control characters.");
        } else if !text.chars().any(is_read) {
            self.add(UserErrorCode::Invalid, field, "Use at least one letter or digit.");
        }
        text
    }

    /// As [`Checks::text`]; an empty text is none.
    pub fn optional_text(&mut self, field: &str, text: Option<&str>, longest: usize) -> Option<String> {
        text.map(tidy).filter(|text| !text.is_empty()).map(|text| self.text(field, &text, longest))
    }

    /// An e-mail address as somebody typed it, trimmed and in lower case; an empty text is none.
    pub fn optional_email(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        let address = text.map(tidy).filter(|text| !text.is_empty())?.to_lowercase();
        if !is_email(&address) {
            self.add(UserErrorCode::Invalid, field, "Check this e-mail address. It looks like name@school.example.");
        }
        Some(address)
    }

    /// Adds a problem.
    pub fn add(&mut self, code: UserErrorCode, field: &str, message: impl Into<String>) {
        self.problems.push(refusal(code, field, message));
    }

    /// The value of a check that refuses by itself; none where it refused, which is told with the rest.
    ///
    /// # Errors
    /// What is no refusal.
    pub fn heed<T>(&mut self, checked: super::error::Result<T>) -> super::error::Result<Option<T>> {
        match checked {
            Ok(value) => Ok(Some(value)),
            Err(super::error::Error::Refused(refusals)) => {
                self.problems.extend(refusals);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// The value of a last check that refuses by itself, where nothing was refused.
    ///
    /// # Errors
    /// All problems with those of this check, or what is no refusal.
    pub fn with<T>(mut self, checked: super::error::Result<T>) -> super::error::Result<T> {
        let value = self.heed(checked)?;
        self.all(value)
    }

    /// All problems, or what was checked: a value is there when nothing was refused.
    pub fn all<T>(self, value: Option<T>) -> super::error::Result<T> {
        self.done(())?;
        value.ok_or_else(|| super::error::Error::fault("a check without a value and without a problem"))
    }

    /// All problems, or `value` when there are none.
    pub fn done<T>(self, value: T) -> super::error::Result<T> {
        if self.problems.is_empty() { Ok(value) } else { Err(super::error::Error::Refused(self.problems)) }
    }
}

/// RFC 5321, 4.5.3.1.3: a path of 256 octets, its two brackets not counted.
const EMAIL_LENGTH: usize = 254;

/// Only a letter that arrives proves an address, so little more than the `@` is looked at.
fn is_email(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let strange = |c: char| c.is_whitespace() || c.is_control() || "<>,;:\\\"()[]@".contains(c);
    address.len() <= EMAIL_LENGTH
        && !local.is_empty()
        && !local.chars().any(strange)
        && !domain.chars().any(strange)
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
}

/// A letter or digit that can be seen.
fn is_read(c: char) -> bool {
    c.is_alphanumeric() && !is_hidden(c)
}

/// Whether something hidden stands in `text` that does not belong to an emoji.
fn hides_something(text: &str) -> bool {
    text.char_indices().any(|(at, c)| is_hidden(c) && !is_style(&text[..at], c, &text[at + c.len_utf8()..]))
}

/// Characters that nobody sees, and that make one name look like another: those without width but for the joiners
/// (U+200C, U+200D), which Persian and Indic scripts need, the letters of Hangul that only fill a place, variation selectors
/// and tags, and the explicit directions of the Unicode Bidirectional Algorithm (UAX #9, 2).
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether `c` says how the emoji before it looks, in colours or not, or makes a key of a digit (Unicode, UTS #51, 1.4):
/// keyboards type it with the emoji.
fn is_style(before: &str, c: char, after: &str) -> bool {
    let is_on_a_key = |c: char| c.is_ascii_digit() || matches!(c, '#' | '*');
    let is_key = before.ends_with(is_on_a_key) && after.starts_with('\u{20e3}');
    matches!(c, '\u{fe0e}' | '\u{fe0f}') && (is_key || before.ends_with(is_pictured))
}

/// The blocks of symbols in which the emoji are, and the few that stand elsewhere.
fn is_pictured(c: char) -> bool {
    matches!(
        c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{2bff}' | '\u{3030}'
            | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}'
    )
}

fn tidy(text: &str) -> String {
    text.trim().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;

    #[test]
    fn an_address_is_compared_in_lower_case() {
        let mut checks = Checks::default();
        assert_eq!(
            checks.optional_email("email", Some(" Noor@Zwaluw.Example ")),
            Some("noor@zwaluw.example".to_owned())
        );
        assert_eq!(checks.optional_email("email", Some(" ")), None);
        checks.done(()).unwrap();
        for wrong in
            ["noor", "noor@", "@zwaluw.example", "a b@zwaluw.example", "a@b@zwaluw.example", "a@zwaluw", "a@.nl"]
        {
            let mut checks = Checks::default();
            checks.optional_email("email", Some(wrong));
            assert!(checks.done(()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_can_be_read() {
        let refused = |text: &str| {
            let mut checks = Checks::default();
            checks.line("name", text, 20);
            checks.done(()).is_err()
        };
        for unread in ["\u{200b}", "Noor\u{202e}", "No\u{200b}or", "Noor\u{2066}", "\u{200d}", "---", "…"] {
            assert!(refused(unread), "{}", unread.escape_unicode());
        }
        for read in ["Noor", "3", "'t Hof", "می\u{200c}نا", "李"] {
            assert!(!refused(read), "{read}");
        }
        for unread in [
            "\u{3164}",
            "Noor\u{115f}",
            "Noor\u{1160}",
            "Noor\u{ffa0}",
            "No\u{34f}or",
            "Noor\u{fe0f}",
            "3\u{fe0f}",
            "Noor\u{e0100}",
            "☀\u{fe0f}\u{fe0f} Noor",
        ] {
            assert!(refused(unread), "{}", unread.escape_unicode());
        }
        for read in ["Zomerfeest ☀\u{fe0f}", "3\u{fe0f}\u{20e3} Rekenen", "ℹ\u{fe0f} Uitleg"] {
            assert!(!refused(read), "{read}");
        }
    }

    #[test]
    fn a_text_has_a_letter_that_can_be_seen() {
        let refused = |text: &str| {
            let mut checks = Checks::default();
            checks.text("text", text, 20);
            checks.done(()).is_err()
        };
        assert!(refused("\u{3164}\u{ffa0}"));
        assert!(!refused("Mooi ❤\u{fe0f}\nDank"));
    }

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
