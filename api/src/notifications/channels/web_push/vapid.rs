//! By what a push service knows us: a token for each origin, signed with the key for which the browsers subscribed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;
use reqwest::Url;
use serde_json::json;

use crate::notifications::channels::jwt::Signer;

/// A day at most.
const LIFETIME: TimeDelta = TimeDelta::hours(12);
/// So long after it was made, a token is not used any more.
const RENEWED_AFTER: TimeDelta = TimeDelta::hours(6);
/// Browsers name the origins, so that there must be an end to them.
const ORIGINS_MAX: u64 = 1_000;

pub struct Vapid {
    signer: Signer,
    public: String,
    subject: String,
    made: Cache<String, (String, DateTime<Utc>)>,
}

impl Vapid {
    /// None where it is not the private key of a pair, in base64url.
    pub fn of(private_key: &str, subject: &str) -> Option<Self> {
        let private = URL_SAFE_NO_PAD.decode(private_key.trim().trim_end_matches('=')).ok()?;
        let signer = Signer::es256_of_bytes(&private)?;
        let public = URL_SAFE_NO_PAD.encode(signer.public());
        Some(Self { signer, public, subject: subject.to_owned(), made: Cache::new(ORIGINS_MAX) })
    }

    /// In base64url.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The value of the header. None where the cryptographic library refuses to work.
    pub async fn authorization(&self, endpoint: &Url, now: DateTime<Utc>) -> Option<String> {
        let origin = endpoint.origin().ascii_serialization();
        if let Some((value, made)) = self.made.get(&origin).await
            && (TimeDelta::zero()..RENEWED_AFTER).contains(&now.signed_duration_since(made))
        {
            return Some(value);
        }
        let claims = json!({ "aud": origin, "exp": (now + LIFETIME).timestamp(), "sub": self.subject });
        let value = format!("vapid t={}, k={}", self.signer.sign(None, &claims)?, self.public);
        self.made.insert(origin, (value.clone(), now)).await;
        Some(value)
    }
}

impl fmt::Debug for Vapid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Vapid").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::notifications::channels::content::tests::NOW;

    fn claims(authorization: &str) -> Value {
        let content = authorization.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(content).unwrap()).unwrap()
    }

    #[tokio::test]
    async fn each_origin_has_a_token_of_its_own() {
        let vapid = Vapid::of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", "mailto:push@example.org").unwrap();
        let key = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
        assert_eq!(vapid.public(), key);
        let one: Url = "https://push.example.org:8443/a/b?c".parse().unwrap();
        let other: Url = "https://other.example.org/a".parse().unwrap();
        let first = vapid.authorization(&one, NOW).await.unwrap();
        assert!(first.starts_with("vapid t=ey") && first.ends_with(&format!(", k={key}")), "{first}");
        let expected = json!({
            "aud": "https://push.example.org:8443", "exp": NOW.timestamp() + 12 * 3600, "sub": "mailto:push@example.org",
        });
        assert_eq!(claims(&first), expected);
        assert_eq!(claims(&vapid.authorization(&other, NOW).await.unwrap())["aud"], "https://other.example.org");
        assert_eq!(vapid.authorization(&one, NOW + TimeDelta::hours(5)).await.unwrap(), first);
        assert_ne!(vapid.authorization(&one, NOW + TimeDelta::hours(6)).await.unwrap(), first);
    }

    #[test]
    fn a_key_that_is_none_is_told() {
        for wrong in ["", "AAAA", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(Vapid::of(wrong, "mailto:push@example.org").is_none(), "{wrong}");
        }
    }
}
