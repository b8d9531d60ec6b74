//! Web Push (RFC 8030), with VAPID (RFC 8292) and encryption (RFC 8291).
//!
//! Where a push goes, a browser has said, and so anybody who is signed in could. One address that is out of order says nothing
//! of the next: no answer here means that all of Web Push is down, and one push service is told from another by its
//! origin.

mod encryption;
mod subscription;
mod vapid;

use chrono::{DateTime, Utc};
use reqwest::Client;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::{Value, json};

use super::content::{Ids, TOO_LARGE, time_to_live, topic, why};
use super::{Gateway, Push, Verdict};
use crate::platform::outbound::{self, Answer, Failure, PublicOnly};

pub use subscription::{Subscription, origin};
use vapid::Vapid;

/// The browsers of who uses the web app.
#[derive(Debug)]
pub struct WebPush {
    client: Client,
    vapid: Vapid,
    /// Plain HTTP and neighbours are called too: for tests.
    anywhere: bool,
}

impl WebPush {
    /// The message says what is wrong.
    pub fn of(private_key: &str, subject: &str, anywhere: bool) -> Result<Self, String> {
        let vapid = Vapid::of(private_key, subject)
            .ok_or("`vapid_private_key` is no key of P-256: 32 bytes in base64url are expected")?;
        let builder = outbound::client();
        let builder = if anywhere { builder } else { builder.https_only(true).dns_resolver(PublicOnly::default()) };
        let client = builder.build().map_err(|error| format!("Web Push: {error}"))?;
        Ok(Self { client, vapid, anywhere })
    }

    /// The key by which a browser subscribes, in base64url.
    pub fn application_server_key(&self) -> &str {
        self.vapid.public()
    }
}

#[async_trait::async_trait]
impl Gateway for WebPush {
    async fn push(&self, push: &Push, now: DateTime<Utc>) -> Verdict {
        let subscription = match Subscription::parse(&push.token, self.anywhere) {
            Ok(subscription) => subscription,
            Err(wrong) => return Verdict::Refused(wrong.to_owned()),
        };
        let plain = payload(push).to_string();
        if plain.len() > encryption::PLAIN_MAX {
            return Verdict::Refused(TOO_LARGE.to_owned());
        }
        let Some(body) = encryption::seal(plain.as_bytes(), &subscription) else {
            return Verdict::Refused("the key of the subscription is no point of P-256".to_owned());
        };
        let Some(authorization) = self.vapid.authorization(&subscription.endpoint, now).await else {
            return Verdict::Down { after: None, why: "the key does not sign".to_owned() };
        };
        let request = self
            .client
            .post(subscription.endpoint)
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header("ttl", time_to_live(push, now))
            .header("urgency", if push.urgent { "high" } else { "normal" })
            .header("topic", topic(push))
            .body(body);
        match outbound::exchange(request, now).await {
            Ok(answer) => verdict(&answer),
            Err(failure @ Failure::NotPublic) => Verdict::Refused(failure.to_string()),
            Err(failure) => Verdict::Later { after: None, why: failure.to_string() },
        }
    }
}

fn payload(push: &Push) -> Value {
    let mut payload = json!(Ids::from(push));
    payload["title"] = push.title.as_str().into();
    payload["body"] = push.body.as_str().into();
    payload["unread"] = push.unread.into();
    payload
}

/// By the status alone: what an unknown server writes is not read.
fn verdict(answer: &Answer) -> Verdict {
    let after = answer.retry_after;
    let why = why(answer.status, None);
    match answer.status {
        200..=299 => Verdict::Sent,
        404 | 410 => Verdict::Gone { since: None, why },
        // It does not know us, for now: our clock may be wrong, or the key.
        401 | 403 | 408 | 429 | 500.. => Verdict::Later { after, why },
        _ => Verdict::Refused(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notifications::channels::content::tests::push;

    #[test]
    fn each_answer_has_its_meaning() {
        let later = |why: &str| Verdict::Later { after: None, why: why.to_owned() };
        let table = [
            (201, Verdict::Sent),
            (202, Verdict::Sent),
            (404, Verdict::Gone { since: None, why: "404".to_owned() }),
            (410, Verdict::Gone { since: None, why: "410".to_owned() }),
            (302, Verdict::Refused("302".to_owned())),
            (400, Verdict::Refused("400".to_owned())),
            (413, Verdict::Refused("413".to_owned())),
            (401, later("401")),
            (403, later("403")),
            (429, later("429")),
            (500, later("500")),
            (502, later("502")),
            (503, later("503")),
        ];
        for (status, expected) in table {
            let body = b"410 Gone".to_vec();
            assert_eq!(verdict(&Answer { status, retry_after: None, body }), expected, "{status}");
        }
    }

    #[test]
    fn it_carries_ids_and_a_line() {
        let push = push();
        let expected = json!({
            "account": push.account.to_string(),
            "notification": push.notification,
            "about": "thread_01jd7w4xkse3p9bq0h3m5v8r2c",
            "category": "MESSAGE",
            "title": "Nieuw bericht",
            "body": "Er is een bericht voor u.",
            "unread": 3,
        });
        assert_eq!(payload(&push), expected);
    }
}
