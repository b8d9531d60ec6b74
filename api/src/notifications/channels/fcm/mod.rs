//! Firebase Cloud Messaging, HTTP v1.

mod access;
mod payload;
mod verdict;

use chrono::{DateTime, Utc};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url};
use serde::Deserialize;

use super::content::{PAYLOAD_MAX, TOO_LARGE};
use super::jwt::Signer;
use super::{Gateway, Push, Verdict};
use crate::platform::outbound::{self, Failure};

use access::Access;

/// What Google gives who administers a project.
#[derive(Deserialize)]
struct ServiceAccount {
    project_id: String,
    client_email: String,
    private_key: String,
    private_key_id: Option<String>,
    token_uri: String,
}

/// The project of the apps.
#[derive(Debug)]
pub struct Fcm {
    client: Client,
    /// Where messages of the project are sent.
    url: Url,
    access: Access,
}

impl Fcm {
    /// From the key file of a service account, as JSON. The message says what is wrong with it.
    pub fn of(account: &str, base: &str) -> Result<Self, String> {
        // What the parser says of it might quote the key.
        let account: ServiceAccount = serde_json::from_str(account).map_err(|error| {
            format!(
                "`fcm_service_account` is no key file of a service account (line {}): JSON with `project_id`, \
                 `client_email`, `private_key` and `token_uri` is expected",
                error.line()
            )
        })?;
        let signer = Signer::rs256(&account.private_key)
            .ok_or("the `private_key` in `fcm_service_account` is no RSA key in PKCS #8")?;
        let url = format!("{}/v1/projects/{}/messages:send", base.trim_end_matches('/'), account.project_id);
        let url = url.parse().map_err(|_| "`fcm_url` and the `project_id` in `fcm_service_account` make no URL")?;
        let client = outbound::client().build().map_err(|error| format!("push by FCM: {error}"))?;
        let access = Access::of(account, signer).ok_or("the `token_uri` in `fcm_service_account` is no URL")?;
        Ok(Self { client, url, access })
    }

    async fn exchange(&self, push: &Push, now: DateTime<Utc>) -> Verdict {
        let body = payload::of(push, now).to_string();
        if body.len() > PAYLOAD_MAX {
            return Verdict::Refused(TOO_LARGE.to_owned());
        }
        let bearer = match self.access.token(&self.client, now).await {
            Ok(bearer) => bearer,
            Err(why) => return Verdict::Down { after: None, why },
        };
        let request = self.client.post(self.url.clone()).bearer_auth(&bearer);
        match outbound::exchange(request.header(CONTENT_TYPE, "application/json").body(body), now).await {
            Ok(answer) => {
                if answer.status == 401 {
                    self.access.forget(&bearer).await;
                }
                verdict::of(&answer)
            }
            Err(failure @ Failure::Unanswered(_)) => Verdict::Later { after: None, why: failure.to_string() },
            Err(failure) => Verdict::Down { after: None, why: failure.to_string() },
        }
    }
}

#[async_trait::async_trait]
impl Gateway for Fcm {
    async fn push(&self, push: &Push, now: DateTime<Utc>) -> Verdict {
        // Getting access is part of the try.
        match tokio::time::timeout(outbound::TRY, self.exchange(push, now)).await {
            Ok(verdict) => verdict,
            Err(_) => Verdict::Later { after: None, why: "no answer in time".to_owned() },
        }
    }
}
