//! What a school may look like.

use glans_entity::ids::SchoolId;

use crate::platform::error::{Code, Result, UserErrorCode, coded};
use crate::platform::text::Checks;

const NAME_LENGTH: usize = 120;
const CITY_LENGTH: usize = 80;

/// The checked details of a school.
#[derive(Debug, PartialEq, Eq)]
pub struct Details {
    pub name: String,
    pub city: Option<String>,
}

/// Checks the details that people may change.
pub fn details(name: &str, city: Option<&str>) -> Result<Details> {
    let mut checks = Checks::default();
    let name = checks.line("name", name, NAME_LENGTH);
    let city = checks.optional_line("city", city, CITY_LENGTH);
    checks.done(Details { name, city })
}

/// BRIN and location code of a school, which go together.
pub fn register_code(brin: Option<&str>, location: Option<&str>) -> Result<Option<(String, String)>> {
    let mut checks = Checks::default();
    if brin.is_some_and(|brin| !is_brin(brin)) {
        checks.add(UserErrorCode::Invalid, "brin", "A BRIN has two digits and two capital letters, as 03AB.");
    }
    if location.is_some_and(|location| !is_location(location)) {
        checks.add(UserErrorCode::Invalid, "locationCode", "A location code has two digits, as 00.");
    }
    if brin.is_none() && location.is_some() {
        checks.add(UserErrorCode::Required, "brin", "A location code goes with a BRIN. Give both or neither.");
    }
    checks.done(brin.map(|brin| (brin.to_owned(), location.unwrap_or("00").to_owned())))
}

/// By what one school is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'k> {
    /// None where it is the id of no school: that matches nothing, like the id of one out of sight.
    Id(Option<SchoolId>),
    /// A BRIN, and the location code where it is there.
    Code(&'k str, Option<&'k str>),
}

/// The one key that a caller looks with.
pub fn key<'k>(id: Option<&str>, code: Option<&'k str>) -> Result<Key<'k>> {
    match (id, code) {
        (Some(id), None) => Ok(Key::Id(id.parse().ok())),
        (None, Some(code)) => split_code(code)
            .map(|(brin, location)| Key::Code(brin, location))
            .ok_or_else(|| coded(Code::BadUserInput, "A BRIN looks like 03AB, or with its location like 03AB00.")),
        _ => Err(coded(Code::BadUserInput, "Ask with `id` or with `brin`: with one of them, not with both.")),
    }
}

/// The BRIN and, where it is there, the location code in a code of the register; none of what cannot be one.
pub fn split_code(code: &str) -> Option<(&str, Option<&str>)> {
    let (brin, location) = code.split_at_checked(4)?;
    let location = (!location.is_empty()).then_some(location);
    (is_brin(brin) && location.is_none_or(is_location)).then_some((brin, location))
}

/// Two digits and two capital letters.
pub fn is_brin(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, c, d]
        if a.is_ascii_digit() && b.is_ascii_digit() && c.is_ascii_uppercase() && d.is_ascii_uppercase())
}

/// Two digits.
pub fn is_location(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b] if a.is_ascii_digit() && b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;

    #[test]
    fn a_school_is_looked_for_by_one_key() {
        let id = SchoolId::new();
        assert_eq!(key(Some(&id.to_string()), None).unwrap(), Key::Id(Some(id)));
        assert_eq!(key(Some("nonsense"), None).unwrap(), Key::Id(None));
        assert_eq!(key(None, Some("03AB")).unwrap(), Key::Code("03AB", None));
        assert_eq!(key(None, Some("03AB01")).unwrap(), Key::Code("03AB", Some("01")));
        for (id, code) in [(None, None), (Some("nonsense"), Some("03AB")), (None, Some("zz")), (None, Some("03AB0"))] {
            assert!(matches!(key(id, code), Err(Error::Coded(Code::BadUserInput, _))), "{id:?} {code:?}");
        }
    }

    #[test]
    fn a_register_code_is_whole_or_absent() {
        assert_eq!(register_code(Some("03AB"), None).unwrap(), Some(("03AB".into(), "00".into())));
        assert_eq!(register_code(None, None).unwrap(), None);
        let Err(Error::Refused(problems)) = register_code(Some("3AB"), Some("1")) else { panic!("refused") };
        assert_eq!(problems.len(), 2);
        assert!(register_code(None, Some("01")).is_err());
    }

    #[test]
    fn a_code_of_the_register_is_a_brin_with_or_without_a_location() {
        assert_eq!(split_code("03AB"), Some(("03AB", None)));
        assert_eq!(split_code("03AB01"), Some(("03AB", Some("01"))));
        for wrong in ["", "03A", "03ab", "03AB1", "03AB01x", "a\0bc", "03AB\0\0", "é3AB"] {
            assert_eq!(split_code(wrong), None, "{}", wrong.escape_debug());
        }
    }
}
