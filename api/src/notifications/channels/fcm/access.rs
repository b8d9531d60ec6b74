//! Access to the project: a token of an hour, for which one of those who need it asks.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::ServiceAccount;
use crate::notifications::channels::content::why;
use crate::notifications::channels::jwt::Signer;
use crate::platform::outbound::{self, Answer};

const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// For how long the assertion holds with which a token is asked for: an hour at most.
const ASSERTION: TimeDelta = TimeDelta::hours(1);
/// So long before its end a token is not used any more.
const MARGIN: TimeDelta = TimeDelta::minutes(5);

pub struct Access {
    issuer: String,
    key_id: Option<String>,
    signer: Signer,
    /// Where access is granted: the address, and as it is written, by which the other side knows that it is meant.
    token_url: Url,
    audience: String,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    /// When asking failed last, and why: who has waited meanwhile does not ask the same again.
    failed: Option<(Instant, String)>,
}

struct Token {
    bearer: String,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    /// Seconds.
    expires_in: u32,
}

impl Access {
    /// None where the account does not say where access is granted.
    pub fn of(account: ServiceAccount, signer: Signer) -> Option<Self> {
        let token_url = account.token_uri.parse().ok()?;
        Some(Self {
            issuer: account.client_email,
            key_id: account.private_key_id,
            signer,
            token_url,
            audience: account.token_uri,
            held: Mutex::default(),
        })
    }

    /// The token to show; why there is none.
    pub async fn token(&self, client: &Client, now: DateTime<Utc>) -> Result<String, String> {
        let came = Instant::now();
        let mut held = self.held.lock().await;
        if let Some(token) = held.token.as_ref().filter(|token| token.from <= now && now < token.until) {
            return Ok(token.bearer.clone());
        }
        if let Some((_, why)) = held.failed.as_ref().filter(|(at, _)| *at >= came) {
            return Err(why.clone());
        }
        match self.ask(client, now).await {
            Ok(token) => {
                let bearer = token.bearer.clone();
                held.token = Some(token);
                Ok(bearer)
            }
            Err(why) => {
                held.failed = Some((Instant::now(), why.clone()));
                Err(why)
            }
        }
    }

    /// It was refused: the next one asks for another, unless somebody has done so.
    pub async fn forget(&self, bearer: &str) {
        let mut held = self.held.lock().await;
        if held.token.as_ref().is_some_and(|token| token.bearer == bearer) {
            held.token = None;
        }
    }

    async fn ask(&self, client: &Client, now: DateTime<Utc>) -> Result<Token, String> {
        let claims = json!({
            "iss": self.issuer,
            "scope": SCOPE,
            "aud": self.audience,
            "iat": now.timestamp(),
            "exp": (now + ASSERTION).timestamp(),
        });
        let assertion = self.signer.sign(self.key_id.as_deref(), &claims).ok_or("access: the key does not sign")?;
        let form = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
        let request =
            client.post(self.token_url.clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let answer = outbound::exchange(request, now).await.map_err(|failure| format!("access: {failure}"))?;
        granted(&answer, now)
    }
}

fn granted(answer: &Answer, now: DateTime<Utc>) -> Result<Token, String> {
    /// RFC 6749, section 5.2.
    #[derive(Deserialize)]
    struct Complaint {
        error: String,
    }
    if answer.status == 200
        && let Ok(granted) = serde_json::from_slice::<Granted>(&answer.body)
    {
        let lasts = TimeDelta::seconds(granted.expires_in.into());
        // One that lasts hardly longer than the margin is used for half its time.
        let until = now + (lasts - MARGIN).max(lasts / 2);
        return Ok(Token { bearer: granted.access_token, from: now, until });
    }
    let complaint = serde_json::from_slice::<Complaint>(&answer.body).ok();
    Err(format!("access: {}", why(answer.status, complaint.as_ref().map(|complaint| complaint.error.as_str()))))
}

impl fmt::Debug for Access {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Access").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notifications::channels::content::tests::NOW;

    fn of(status: u16, body: &str) -> Result<Token, String> {
        granted(&Answer { status, retry_after: None, body: body.as_bytes().to_vec() }, NOW)
    }

    #[test]
    fn a_token_is_renewed_before_its_end() {
        let token = of(200, r#"{"access_token":"ya29","expires_in":3599,"token_type":"Bearer"}"#).ok().unwrap();
        assert_eq!((token.bearer.as_str(), token.until), ("ya29", NOW + TimeDelta::seconds(3299)));
        let brief = of(200, r#"{"access_token":"ya29","expires_in":60}"#).ok().unwrap();
        assert_eq!(brief.until, NOW + TimeDelta::seconds(30));
    }

    #[test]
    fn without_a_token_it_is_told_why() {
        let invalid = r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#;
        assert_eq!(of(400, invalid).err().unwrap(), "access: 400 invalid_grant");
        assert_eq!(of(502, "<html>").err().unwrap(), "access: 502");
        assert_eq!(of(200, "{}").err().unwrap(), "access: 200");
    }
}
