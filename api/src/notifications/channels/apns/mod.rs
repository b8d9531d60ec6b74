//! The Apple Push Notification service, by tokens of a provider.

mod payload;
mod provider;
mod verdict;

use chrono::{DateTime, Utc};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url};

use super::content::{PAYLOAD_MAX, TOO_LARGE};
use super::jwt::Signer;
use super::{Gateway, Push, Verdict};
use crate::platform::outbound::{self, Failure};

use provider::Provider;

/// As whom we are known there.
pub struct Team<'a> {
    /// PEM of the `.p8` file.
    pub key: &'a str,
    pub key_id: &'a str,
    pub team_id: &'a str,
    /// The bundle id of the app.
    pub topic: &'a str,
}

/// The app at Apple's.
#[derive(Debug)]
pub struct Apns {
    client: Client,
    base: Url,
    topic: String,
    provider: Provider,
}

impl Apns {
    /// The message says what is wrong.
    pub fn of(team: &Team<'_>, base: &str) -> Result<Self, String> {
        let signer = Signer::es256(team.key).ok_or("`apns_key` is no key of P-256: give the text of the .p8 file")?;
        // HTTP/2 and nothing else, without asking first; an address without TLS is for tests.
        let client =
            outbound::client().http2_prior_knowledge().build().map_err(|error| format!("push by APNs: {error}"))?;
        let base = base.parse().map_err(|_| "`apns_url` is no URL")?;
        let provider = Provider::of(signer, team);
        Ok(Self { client, base, topic: team.topic.to_owned(), provider })
    }

    fn device(&self, token: &str) -> Option<Url> {
        is_device(token).then(|| self.base.join(&format!("/3/device/{token}")).ok())?
    }
}

/// Whether it can be the token of a device: a device says what it is, and it becomes part of a path.
pub fn is_device(token: &str) -> bool {
    (1..=200).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[async_trait::async_trait]
impl Gateway for Apns {
    async fn push(&self, push: &Push, now: DateTime<Utc>) -> Verdict {
        let Some(url) = self.device(&push.token) else {
            return Verdict::Refused("MALFORMED_TOKEN".to_owned());
        };
        let body = payload::of(push).to_string();
        if body.len() > PAYLOAD_MAX {
            return Verdict::Refused(TOO_LARGE.to_owned());
        }
        let Some(bearer) = self.provider.token(now) else {
            return Verdict::Down { after: None, why: "the key does not sign".to_owned() };
        };
        let mut request = self.client.post(url).header("authorization", format!("bearer {bearer}"));
        for (name, value) in payload::headers(push, &self.topic) {
            request = request.header(name, value);
        }
        match outbound::exchange(request.header(CONTENT_TYPE, "application/json").body(body), now).await {
            Ok(answer) => {
                if answer.status == 403 {
                    self.provider.refused(now);
                }
                verdict::of(&answer)
            }
            Err(failure @ Failure::Unanswered(_)) => Verdict::Later { after: None, why: failure.to_string() },
            Err(failure) => Verdict::Down { after: None, why: failure.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_lead_elsewhere() {
        for wrong in ["", "../1", "a/b", "a?b", "a%2fb", "a b", "é", &"a".repeat(201)] {
            assert!(!is_device(wrong), "{wrong}");
        }
        assert!(is_device(&"0f".repeat(32)));
    }
}
