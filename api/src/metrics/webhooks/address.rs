//! To what addresses webhooks may go.

use std::net::Ipv4Addr;

use reqwest::Url;

use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::outbound::may_be_public;

/// Characters of an address at most.
const LENGTH: usize = 2_000;
/// Of `https`. Below 1024 there are services that nobody would be told of something by.
const HTTPS: u16 = 443;
const FREE_PORTS: u16 = 1_024;
/// Names that lead to the own machine or network (RFC 6761, RFC 6762, RFC 8375; ICANN resolution 2024.07.29.06), and that
/// lead nowhere.
const INSIDE: [&str; 7] = ["localhost", "local", "internal", "arpa", "invalid", "onion", "alt"];

/// The address as it is stored, whatever way it was written; `anywhere`: for tests, by plain HTTP and to neighbours too.
///
/// # Errors
/// A refusal of the input field `field`, which says what to do.
pub(super) fn checked(field: &str, text: &str, anywhere: bool) -> Result<String> {
    let url = allowed(text, anywhere).map_err(|message| refuse(UserErrorCode::Invalid, field, message))?;
    Ok(url.to_string())
}

/// The address that webhooks may go to.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub(super) fn allowed(text: &str, anywhere: bool) -> Result<Url, &'static str> {
    if text.chars().count() > LENGTH {
        return Err("Use an address of at most 2,000 characters.");
    }
    let url = Url::parse(text.trim()).map_err(|_| "Give a whole address, as https://example.org/hooks.")?;
    if url.scheme() != "https" && !(anywhere && url.scheme() == "http") {
        return Err("Give an address that begins with https://.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("Leave user and password out of the address: check the signature instead.");
    }
    if url.fragment().is_some() {
        return Err("Leave out what stands behind the #: it is not sent.");
    }
    if anywhere {
        return Ok(url);
    }
    if url.port_or_known_default().is_none_or(|port| port != HTTPS && port < FREE_PORTS) {
        return Err("Use port 443, or one from 1024 on.");
    }
    if !may_be_public(&url) || is_inside(&url) {
        return Err("Give an address that everybody on the internet can reach.");
    }
    Ok(url)
}

/// Whether the name says by itself that it is of the own network.
fn is_inside(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    if host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok() {
        return false;
    }
    let name = host.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    is_number || !name.contains('.') || INSIDE.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_internet_is_stored_as_it_is_called() {
        let stored = |text: &str| checked("url", text, false).unwrap();
        assert_eq!(stored(" HTTPS://Hooks.Example.org "), "https://hooks.example.org/");
        assert_eq!(stored("https://hooks.example.org:8443/a?b=c"), "https://hooks.example.org:8443/a?b=c");
        assert_eq!(stored("https://8.8.8.8/a"), "https://8.8.8.8/a");
        assert_eq!(stored("https://[2606:4700::1111]/"), "https://[2606:4700::1111]/");
        assert_eq!(stored("https://hooks.example.org:443/"), "https://hooks.example.org/");
    }

    #[test]
    fn what_cannot_be_an_address_is_refused_in_words() {
        let said = |text: &str| allowed(text, false).unwrap_err();
        for text in ["", "hooks.example.org", "/hooks", "https://", "https://a b.example.org/", "https://[::1/"] {
            assert!(said(text).starts_with("Give a"), "{text}: {}", said(text));
        }
        assert!(said("http://hooks.example.org/").contains("https://"));
        assert!(said("ftp://hooks.example.org/").contains("https://"));
        assert!(said("https://user@hooks.example.org/").contains("signature"));
        assert!(said("https://:secret@hooks.example.org/").contains("signature"));
        assert!(said("https://hooks.example.org/#part").contains('#'));
        for port in [1, 22, 25, 80, 1_023] {
            assert!(said(&format!("https://hooks.example.org:{port}/")).contains("443"), "{port}");
        }
        assert!(said(&format!("https://hooks.example.org/{}", "a".repeat(LENGTH))).contains("2,000"));
    }

    #[test]
    fn a_test_may_call_its_neighbours() {
        assert_eq!(checked("url", "http://127.0.0.1:8000/ok-1", true).unwrap(), "http://127.0.0.1:8000/ok-1");
        assert!(allowed("ftp://127.0.0.1/", true).is_err());
        assert!(allowed("http://user@127.0.0.1/", true).is_err());
    }
}
