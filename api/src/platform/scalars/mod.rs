//! Scalars of the API beyond the built-in ones.

mod instant;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

pub use instant::Instant;

/// A scalar of the schema's own: a text of a form of its own.
#[derive(Debug)]
pub struct Text {
    /// Its name in the schema.
    pub of: &'static str,
    /// Whether a text is one.
    pub is_read: fn(&str) -> bool,
    /// What to write.
    pub how: &'static str,
}

/// All of them. The engine reads a text only where a resolver asks for it, when others of the same request have run.
pub static TEXTS: [Text; 5] = [
    Text { of: "DateTime", is_read: |text| Instant::read(text).is_some(), how: instant::HOW },
    Text { of: "LocalDate", is_read: is_read::<LocalDate>, how: DAY },
    Text { of: "LocalTime", is_read: is_read::<LocalTime>, how: TIME },
    Text { of: "Locale", is_read: is_read::<Locale>, how: LANGUAGE },
    Text { of: "URL", is_read: is_read::<Url>, how: ADDRESS },
];

const DAY: &str = "Give a day that exists, of the years 1 to 9999: 2026-09-01.";
const TIME: &str = "Give a time of the day as hours and minutes: 08:30.";
const LANGUAGE: &str = "A language is a BCP 47 tag, as `nl` or `en-GB`.";
const ADDRESS: &str = "A web address starts with https:// or http://, and has no blanks and no password in it.";

fn is_read<T: ScalarType>(text: &str) -> bool {
    T::parse(Value::from(text)).is_ok()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale(String);

impl Locale {
    /// A well-formed tag (RFC 5646, section 2.2.1), its language in lower case.
    pub fn parse(tag: &str) -> Option<Self> {
        let subtags: Vec<&str> = tag.split('-').collect();
        let alphanumeric =
            |subtag: &&str| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let primary = Self::primary_of(tag);
        let letters = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
        let fits = tag.len() <= LOCALE_LENGTH;
        let normal = || format!("{}{}", primary.to_ascii_lowercase(), &tag[primary.len()..]);
        (fits && letters && subtags.iter().all(alphanumeric)).then(|| Self(normal()))
    }

    /// A tag that was checked when it was stored.
    pub fn stored(tag: &str) -> Self {
        Self(tag.to_owned())
    }

    /// What stands before the first hyphen.
    pub fn primary_of(tag: &str) -> &str {
        tag.split('-').next().unwrap_or_default()
    }

    /// The language alone, as `en`.
    pub fn primary(&self) -> &str {
        Self::primary_of(&self.0)
    }

    /// The whole tag, as `zh-Hant`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 5646, 4.4.1: software must take tags of 35 characters; longer ones are of no use here.
const LOCALE_LENGTH: usize = 35;

/// A language, as BCP 47 tag: `nl`, `en-GB`. Case does not matter; a region is accepted and makes no difference to
/// texts of courses.
#[Scalar(name = "Locale", specified_by_url = "https://www.rfc-editor.org/rfc/rfc5646")]
impl ScalarType for Locale {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(tag) => Self::parse(tag).ok_or_else(|| InputValueError::custom(LANGUAGE)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A calendar day without a time or a zone, as `2026-09-01` (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalDate(pub NaiveDate);

impl LocalDate {
    /// A day of the years 1 to 9999, written `YYYY-MM-DD` and no other way, wherever it comes from outside. The parser of
    /// chrono also takes `2026-9-1`, signs and years of six digits: so many days that counting them takes seconds.
    pub fn read(text: &str) -> Option<NaiveDate> {
        let fits = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        let is_plain = text.len() == 10 && text.bytes().enumerate().all(fits);
        let day: NaiveDate = text.parse().ok().filter(|_| is_plain)?;
        (day.year() > 0).then_some(day)
    }
}

/// A calendar day of the years 1 to 9999 without a time or a zone, as `2026-09-01` (ISO 8601).
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/local-date.html")]
impl ScalarType for LocalDate {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Self::read(text).map(Self).ok_or_else(|| InputValueError::custom(DAY)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A time by the wall clock without a day or a zone, as `08:30` (ISO 8601, to the minute).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime(pub NaiveTime);

/// A time by the wall clock without a day or a zone, as `08:30` (ISO 8601, to the minute).
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/local-time.html")]
impl ScalarType for LocalTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => time(text).map(Self).ok_or_else(|| InputValueError::custom(TIME)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(format!("{:02}:{:02}", self.0.hour(), self.0.minute()))
    }
}

/// Hours and minutes; the seconds that some clients write must be none.
fn time(text: &str) -> Option<NaiveTime> {
    let (minutes, seconds) = text.split_at_checked(5)?;
    (matches!(seconds, "" | ":00")).then(|| NaiveTime::parse_from_str(minutes, "%H:%M").ok()).flatten()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url(String);

impl Url {
    /// An http or https address with a host and without a password in it (RFC 9110, section 4.2).
    pub fn parse(text: &str) -> Option<Self> {
        let address: axum::http::Uri = text.parse().ok()?;
        let web = matches!(address.scheme_str(), Some("http" | "https"));
        let host = address.host().is_some_and(|host| !host.is_empty());
        let plain = address.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        (web && host && plain).then(|| Self(text.to_owned()))
    }

    /// An address that was checked when it was stored.
    pub fn stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An absolute address on the web, with scheme `http` or `https`.
#[Scalar(name = "URL", specified_by_url = "https://url.spec.whatwg.org/")]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Self::parse(text).ok_or_else(|| InputValueError::custom(ADDRESS)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_a_well_formed_tag_of_which_the_language_counts() {
        for (tag, language) in [("nl", "nl"), ("EN-gb", "en"), ("zh-Hant-TW", "zh")] {
            assert_eq!(Locale::parse(tag).as_ref().map(Locale::primary), Some(language), "{tag}");
        }
        assert_eq!(Locale::parse("ZH-Hant").as_ref().map(Locale::as_str), Some("zh-Hant"));
        for wrong in ["", "n", "dutch", "nl_NL", "n1", "nl-", "nl-toolongtag"] {
            assert_eq!(Locale::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_day_is_written_in_full_and_exists() {
        let day = <LocalDate as ScalarType>::parse(Value::from("2026-09-01")).unwrap();
        assert_eq!(day.to_value(), Value::from("2026-09-01"));
        for wrong in ["2026-9-1", "2026-02-30", "01-09-2026", "2026-09-01T00:00:00Z", ""] {
            assert!(<LocalDate as ScalarType>::parse(Value::from(wrong)).is_err(), "{wrong}");
        }
        for right in ["0001-01-01", "9999-12-31"] {
            assert!(<LocalDate as ScalarType>::parse(Value::from(right)).is_ok(), "{right}");
        }
        for outside in ["+99999-1-1", "-99999-1-1", "+2026-9-01", "-026-09-01", "0000-12-31", "10000-1-01"] {
            assert!(<LocalDate as ScalarType>::parse(Value::from(outside)).is_err(), "{outside}");
        }
        assert!(<LocalDate as ScalarType>::parse(Value::from(20_260_901)).is_err());
    }

    #[test]
    fn a_time_is_written_to_the_minute() {
        let parse = |text: &str| <LocalTime as ScalarType>::parse(Value::from(text));
        for right in ["08:30", "08:30:00", "00:00", "23:59"] {
            assert_eq!(parse(right).unwrap().to_value(), Value::from(&right[..5]));
        }
        for wrong in ["8:30", "24:00", "08:60", "08:30:30", "08.30", "noon", ""] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_leads_to_the_web() {
        for right in ["https://example.org/a?b=c", "http://example.org", "https://example.org:8443/"] {
            assert!(Url::parse(right).is_some(), "{right}");
        }
        let wrong = [
            "",
            "example.org",
            "/path",
            "ftp://example.org",
            "https://",
            "https://a b",
            "javascript:alert(1)",
            "https://u:p@example.org",
        ];
        for text in wrong {
            assert_eq!(Url::parse(text), None, "{text:?}");
        }
    }
}
