//! Scalars of the API beyond the built-in ones.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale(String);

impl Locale {
    /// The language alone, in lower case, of a well-formed tag (RFC 5646, section 2.2.1).
    pub fn parse(tag: &str) -> Option<Self> {
        let subtags: Vec<&str> = tag.split('-').collect();
        let alphanumeric =
            |subtag: &&str| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let primary = Self::primary_of(tag);
        let letters = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
        (letters && subtags.iter().all(alphanumeric)).then(|| Self(primary.to_ascii_lowercase()))
    }

    /// What stands before the first hyphen.
    pub fn primary_of(tag: &str) -> &str {
        tag.split('-').next().unwrap_or_default()
    }

    /// The language alone, as `en`.
    pub fn primary(&self) -> &str {
        &self.0
    }
}

/// A language, as BCP 47 tag: `nl`, `en-GB`. Case does not matter; a region is accepted and makes no difference to
/// texts of courses.
#[Scalar(name = "Locale", specified_by_url = "https://www.rfc-editor.org/rfc/rfc5646")]
impl ScalarType for Locale {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(tag) => Self::parse(tag)
                .ok_or_else(|| InputValueError::custom("A language is a BCP 47 tag, as `nl` or `en-GB`.")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
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
            Value::String(text) => Self::parse(text)
                .ok_or_else(|| InputValueError::custom("A web address starts with https:// and has no blanks.")),
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
        for wrong in ["", "n", "dutch", "nl_NL", "n1", "nl-", "nl-toolongtag"] {
            assert_eq!(Locale::parse(wrong), None, "{wrong:?}");
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
