//! Pure decisions about programmes.

use super::limits;

/// A key names a lesson or material in all editions of a course, in addresses and in files.
pub(super) fn is_key(text: &str) -> bool {
    let hyphens_within = !text.starts_with('-') && !text.ends_with('-');
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=limits::KEY).contains(&text.len()) && hyphens_within && text.bytes().all(plain)
}

/// The code of a language (RFC 5646, section 2.2.1): two or three small letters.
pub(super) fn is_language(text: &str) -> bool {
    (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// An absolute http or https address with a host, as an app can open it (RFC 9110, section 4.2).
pub(super) fn is_web_address(text: &str) -> bool {
    let Ok(address) = text.parse::<axum::http::Uri>() else {
        return false;
    };
    let web = matches!(address.scheme_str(), Some("http" | "https"));
    let host = address.host().is_some_and(|host| !host.is_empty());
    let plain = address.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    web && host && plain
}
