//! The instants that are given.

use std::borrow::Cow;

use async_graphql::registry::Registry;
use async_graphql::{InputType, InputValueError, InputValueResult, ScalarType, Value};
use chrono::{DateTime, Datelike, SubsecRound, Timelike, Utc};

/// What to write.
pub(super) const HOW: &str =
    "Give an instant of the years 1 to 9999 with its offset (RFC 3339): 2026-09-01T08:30:00+02:00.";

/// An instant that is given: a `DateTime` of the schema, as those of answers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub DateTime<Utc>);

impl Instant {
    /// An instant of the years 1 to 9999, there and in UTC, as RFC 3339 (section 5.6) writes it, cut to the microseconds
    /// that both databases keep. What chrono reads as a `DateTime` may lack digits, `T` and colons, and lie where
    /// PostgreSQL has no time.
    pub fn read(text: &str) -> Option<DateTime<Utc>> {
        let at = DateTime::parse_from_rfc3339(text).ok().filter(|_| is_plain(text))?;
        let utc = at.to_utc();
        let fits = [at.year(), utc.year()].iter().all(|year| (1..=9999).contains(year));
        // A leap second, which nothing else here knows, is a nanosecond beyond the last one.
        (fits && at.nanosecond() < NANOSECONDS).then(|| utc.trunc_subsecs(6))
    }
}

/// Of one second.
const NANOSECONDS: u32 = 1_000_000_000;

/// The parser of chrono also takes a blank for the `T`, and another sign than the hyphen for minus.
fn is_plain(instant: &str) -> bool {
    instant.is_ascii() && matches!(instant.as_bytes().get(10), Some(b'T' | b't'))
}

/// By hand, as the scalar is that of `DateTime<Utc>`: the schema has one of the name.
impl InputType for Instant {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <DateTime<Utc> as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <DateTime<Utc> as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        match value.unwrap_or_default() {
            Value::String(text) => Self::read(&text).map(Self).ok_or_else(|| InputValueError::custom(HOW)),
            value => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        ScalarType::to_value(&self.0)
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::scalars::TEXTS;

    #[test]
    fn an_instant_is_written_in_full_with_its_offset() {
        for (right, utc) in [
            ("2027-01-01T10:00:00Z", "2027-01-01T10:00:00+00:00"),
            ("2027-01-01t10:00:00z", "2027-01-01T10:00:00+00:00"),
            ("2027-01-01T10:00:00+02:00", "2027-01-01T08:00:00+00:00"),
            ("2027-01-01T10:00:00-00:00", "2027-01-01T10:00:00+00:00"),
            ("2027-01-01T10:00:00.5Z", "2027-01-01T10:00:00.500+00:00"),
            ("2027-01-01T10:00:00.123456Z", "2027-01-01T10:00:00.123456+00:00"),
            ("2027-01-01T10:00:00.1234569Z", "2027-01-01T10:00:00.123456+00:00"),
            ("2027-01-01T23:59:59.999999999999Z", "2027-01-01T23:59:59.999999+00:00"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59+00:00"),
        ] {
            assert_eq!(Instant::read(right).map(|at| at.to_rfc3339()).as_deref(), Some(utc), "{right}");
        }
        for wrong in [
            "",
            "2027-01-01",
            "2027-1-1T1:0:0Z",
            "2027-01-01T10:00Z",
            "2027-01-01T10:00:00",
            "2027-01-01T10:00:00 UTC",
            "2027-01-01T10:00:00 Z",
            "2027-01-01T10:00:00UTC",
            "2027-01-01 10:00:00Z",
            "2027-01-01 10:00:00 +0200",
            "2027-01-01T10:00:00+0200",
            "2027-01-01T10:00:00+02",
            "2027-01-01T10:00:00+24:00",
            "2027-01-01T10:00:00\u{2212}02:00",
            "2027-01-01T10:00:00.Z",
            "2027-01-01T10:00:00,5Z",
            "2027-02-29T10:00:00Z",
            "2027-01-01T24:00:00Z",
            "2027-01-01T10:60:00Z",
            "2027-01-01T10:00:60Z",
            "2016-12-31T23:59:60Z",
            " 2027-01-01T10:00:00Z",
            "2027-01-01T10:00:00Z ",
        ] {
            assert_eq!(Instant::read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn an_instant_is_of_the_years_1_to_9999() {
        for outside in [
            "-262143-01-01T00:00:00Z",
            "+262142-12-31T23:59:59Z",
            "+10000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "0000-12-31T23:59:59Z",
            "0000-12-31T23:30:00-01:00",
            "0001-01-01T00:30:00+01:00",
            "9999-12-31T23:30:00-01:00",
        ] {
            assert_eq!(Instant::read(outside), None, "{outside}");
        }
    }

    #[test]
    fn an_instant_is_the_date_time_of_the_schema() {
        let parse = |value: Value| <Instant as InputType>::parse(Some(value));
        let at = parse(Value::from("2027-01-01T10:00:00.123456789+02:00")).unwrap();
        assert_eq!(InputType::to_value(&at), Value::from("2027-01-01T08:00:00.123456+00:00"));
        for wrong in [Value::from("2027-01-01 10:00:00 +0200"), Value::from(1_798_797_600), Value::Null] {
            assert!(parse(wrong.clone()).is_err(), "{wrong}");
        }
        let text = TEXTS.iter().find(|text| text.of == <Instant as InputType>::type_name()).unwrap();
        assert!((text.is_read)("2027-01-01T10:00:00Z") && !(text.is_read)("2027-1-1T1:0:0Z"));
    }
}
