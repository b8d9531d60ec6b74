//! The token by which Apple knows us: it may be neither older than an hour nor renewed more often than every 20 minutes.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::Team;
use crate::notifications::channels::jwt::Signer;

const RENEWED_AFTER: TimeDelta = TimeDelta::minutes(40);
/// Sooner, Apple answers `TooManyProviderTokenUpdates`.
const KEPT_FOR: TimeDelta = TimeDelta::minutes(20);

pub struct Provider {
    signer: Signer,
    key_id: String,
    team_id: String,
    held: Mutex<Option<(String, DateTime<Utc>)>>,
}

impl Provider {
    pub fn of(signer: Signer, team: &Team<'_>) -> Self {
        Self { signer, key_id: team.key_id.to_owned(), team_id: team.team_id.to_owned(), held: Mutex::default() }
    }

    /// None where the cryptographic library refuses to work.
    pub fn token(&self, now: DateTime<Utc>) -> Option<String> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, made)) = held.as_ref()
            && (TimeDelta::zero()..RENEWED_AFTER).contains(&now.signed_duration_since(*made))
        {
            return Some(token.clone());
        }
        let claims = json!({ "iss": self.team_id, "iat": now.timestamp() });
        let token = self.signer.sign(Some(&self.key_id), &claims)?;
        *held = Some((token.clone(), now));
        Some(token)
    }

    /// Apple did not take it: the next is another one, as soon as that is allowed.
    pub fn refused(&self, now: DateTime<Utc>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|(_, made)| now.signed_duration_since(*made) >= KEPT_FOR) {
            *held = None;
        }
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Provider").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notifications::channels::content::tests::NOW;
    use crate::notifications::channels::jwt::tests::ec_pem;

    fn provider() -> Provider {
        let key = ec_pem();
        let team = Team { key: &key, key_id: "K1", team_id: "T1", topic: "nl.example" };
        Provider::of(Signer::es256(&key).unwrap(), &team)
    }

    #[test]
    fn it_is_renewed_every_forty_minutes() {
        let provider = provider();
        let first = provider.token(NOW);
        assert_eq!(provider.token(NOW + TimeDelta::minutes(39)), first);
        let second = provider.token(NOW + TimeDelta::minutes(40));
        assert_ne!(second, first);
        assert_eq!(provider.token(NOW + TimeDelta::minutes(79)), second);
    }

    #[test]
    fn one_that_was_refused_is_renewed_when_that_is_allowed() {
        let provider = provider();
        let first = provider.token(NOW);
        provider.refused(NOW + TimeDelta::minutes(19));
        assert_eq!(provider.token(NOW + TimeDelta::minutes(19)), first);
        provider.refused(NOW + TimeDelta::minutes(20));
        assert_ne!(provider.token(NOW + TimeDelta::minutes(20)), first);
    }
}
