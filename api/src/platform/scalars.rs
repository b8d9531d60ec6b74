//! Scalars that GraphQL does not have by itself.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::NaiveDate;

/// A calendar day without a time or a zone, as `2026-09-01` (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalDate(pub NaiveDate);

#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/local-date.html")]
impl ScalarType for LocalDate {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => date(text)
                .map(Self)
                .ok_or_else(|| InputValueError::custom("Give a day that exists, as year, month and day: 2026-09-01.")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// The parser of chrono also takes `2026-9-1`, which is no ISO 8601.
fn date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// A language as BCP 47 has it: `nl`, `en`, `ar`, `zh-Hant`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale(pub String);

/// RFC 5646, 4.4.1: software must take tags of 35 characters; longer ones are of no use here.
const LOCALE_LENGTH: usize = 35;

#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc5646")]
impl ScalarType for Locale {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) if is_locale(&text) => Ok(Self(text)),
            Value::String(_) => Err(InputValueError::custom("Give a language as BCP 47 has it, as `nl` or `zh-Hant`.")),
            value => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A language of two or three letters, then subtags of one to eight letters or digits (RFC 5646, 2.1, without the
/// grandfathered tags).
pub fn is_locale(text: &str) -> bool {
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    text.len() <= LOCALE_LENGTH
        && (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags
            .all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_full_and_exists() {
        let day = LocalDate::parse(Value::from("2026-09-01")).unwrap();
        assert_eq!(day.to_value(), Value::from("2026-09-01"));
        for wrong in ["2026-9-1", "2026-02-30", "01-09-2026", "2026-09-01T00:00:00Z", ""] {
            assert!(LocalDate::parse(Value::from(wrong)).is_err(), "{wrong}");
        }
        assert!(LocalDate::parse(Value::from(20_260_901)).is_err());
    }

    #[test]
    fn a_locale_is_well_formed() {
        for right in ["nl", "en", "zh-Hant", "sr-Latn-RS", "tzm"] {
            assert!(is_locale(right), "{right}");
        }
        for wrong in ["", "n", "dutch", "nl_NL", "nl-", "nl-abcdefghi", "12", "nl NL"] {
            assert!(!is_locale(wrong), "{wrong}");
        }
    }
}
