//! What a client may be called and allowed, and which of its secrets live.

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::ApiScope;
use crate::platform::error::{Result, UserErrorCode};
use crate::platform::text::Checks;

const NAME_LENGTH: usize = 80;

/// After a rotation the secret before it lives on for so long, for the integrator to put the new one everywhere.
pub const OVERLAP: TimeDelta = TimeDelta::days(30);

/// The checked name and scopes of a new client, the scopes in order and each once.
pub fn details(name: &str, mut scopes: Vec<ApiScope>) -> Result<(String, Vec<ApiScope>)> {
    let mut checks = Checks::default();
    let name = checks.line("name", name, NAME_LENGTH);
    if scopes.is_empty() {
        checks.add(UserErrorCode::Required, "scopes", "Choose at least one scope.");
    }
    scopes.sort_unstable();
    scopes.dedup();
    checks.done((name, scopes))
}

/// Whether a secret that ends at `expires_at` (null: never) can be used.
pub fn is_live(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    expires_at.is_none_or(|end| now < end)
}

/// The scopes of a token: those asked for (separated by blanks), or all that the client has. `None` when one is unknown
/// or not the client's (RFC 6749, 3.3).
pub fn granted(asked: Option<&str>, held: &[ApiScope]) -> Option<Vec<ApiScope>> {
    let Some(asked) = asked.filter(|asked| !asked.trim().is_empty()) else { return Some(held.to_vec()) };
    let mut granted = asked
        .split_ascii_whitespace()
        .map(|name| name.parse().ok().filter(|scope| held.contains(scope)))
        .collect::<Option<Vec<ApiScope>>>()?;
    granted.sort_unstable();
    granted.dedup();
    Some(granted)
}

/// Scopes as they stand in tokens and tables.
pub fn names(scopes: &[ApiScope]) -> Vec<String> {
    scopes.iter().map(|scope| <&str>::from(*scope).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::ApiScope::{LessonsRead, OrganisationRead, RosterWrite};

    #[test]
    fn a_token_has_what_was_asked_for_and_never_more_than_the_client() {
        let held = [OrganisationRead, LessonsRead];
        assert_eq!(granted(None, &held), Some(held.to_vec()));
        assert_eq!(granted(Some("  "), &held), Some(held.to_vec()));
        assert_eq!(granted(Some("lessons:read lessons:read"), &held), Some(vec![LessonsRead]));
        assert_eq!(granted(Some("lessons:read roster:write"), &held), None);
        assert_eq!(granted(Some("everything"), &held), None);
    }

    #[test]
    fn scopes_are_told_once_and_in_order() {
        let (name, scopes) = details(" Dashboard ", vec![RosterWrite, OrganisationRead, RosterWrite]).unwrap();
        assert_eq!((name.as_str(), scopes), ("Dashboard", vec![OrganisationRead, RosterWrite]));
        assert!(details("x", Vec::new()).is_err());
        assert!(details("", vec![RosterWrite]).is_err());
    }
}
