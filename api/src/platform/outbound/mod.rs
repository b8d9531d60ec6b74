//! Requests to services outside: how long they may take, where they may go, and what came of them.

mod addresses;
mod names;

use std::error::Error as _;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{ClientBuilder, RequestBuilder, Response};

pub use self::addresses::{is_public, may_be_public};
use self::names::NotPublic;
pub use self::names::PublicOnly;

/// For the whole of a try, its answer included.
pub const TRY: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(3);
/// How often it is looked whether a connection that many share still leads anywhere.
const PING: Duration = Duration::from_mins(1);
/// What is read of an answer; the rest is not waited for.
const ANSWER_MAX: usize = 64 * 1024;
/// Whoever asks for more patience is asked again after this.
const PATIENCE: TimeDelta = TimeDelta::days(1);

/// What a service said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// How long it wants to be left alone, a day at most.
    pub retry_after: Option<TimeDelta>,
    pub body: Vec<u8>,
}

/// Why a service said nothing. Its texts name no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nothing was sent.
    #[error("{0}")]
    Unreached(&'static str),
    /// It may have been received.
    #[error("{0}")]
    Unanswered(&'static str),
    /// The name leads to an address that is not on the public internet.
    #[error("not a public address")]
    NotPublic,
}

/// A client that follows no redirects and uses no proxy of the environment.
#[expect(clippy::disallowed_methods, reason = "the one place where a client is made")]
pub fn client() -> ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(TRY)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .http2_keep_alive_interval(PING)
        .http2_keep_alive_timeout(TRY)
        .http2_keep_alive_while_idle(true)
        .user_agent(concat!("glans/", env!("CARGO_PKG_VERSION")))
}

/// One exchange.
pub async fn exchange(request: RequestBuilder, now: DateTime<Utc>) -> Result<Answer, Failure> {
    let mut response = request.send().await.map_err(|error| failure(&error))?;
    let body = read(&mut response).await.map_err(|error| failure(&error))?;
    Ok(Answer { body, ..head(&response, now) })
}

/// As [`exchange`], of somebody who says with the status all that there is to say: what goes wrong after it does not
/// matter.
pub async fn notify(request: RequestBuilder, now: DateTime<Utc>) -> Result<Answer, Failure> {
    let mut response = request.send().await.map_err(|error| failure(&error))?;
    // A connection whose answer was read can be used again.
    let _ = read(&mut response).await;
    Ok(head(&response, now))
}

fn head(response: &Response, now: DateTime<Utc>) -> Answer {
    let retry_after = retry_after(response.headers(), now);
    Answer { status: response.status().as_u16(), retry_after, body: Vec::new() }
}

async fn read(response: &mut Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() >= ANSWER_MAX {
            break;
        }
    }
    Ok(body)
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<NotPublic>() {
            return Failure::NotPublic;
        }
        source = cause.source();
    }
    if error.is_builder() {
        Failure::Unreached("the request could not be made")
    } else if error.is_dns() {
        Failure::Unreached("the name is not known")
    } else if error.is_connect() {
        Failure::Unreached("no connection")
    } else if error.is_timeout() {
        Failure::Unanswered("no answer in time")
    } else {
        Failure::Unanswered("the connection was lost")
    }
}

/// Seconds or a date (RFC 9110, section 10.2.3).
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u32>() {
        Ok(seconds) => TimeDelta::seconds(seconds.into()),
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.signed_duration_since(now),
    };
    Some(wait.clamp(TimeDelta::zero(), PATIENCE))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn a_name_of_a_neighbour_is_not_called() {
        let client = client().dns_resolver(PublicOnly::default()).build().unwrap();
        let said = exchange(client.get("http://localhost:9/"), DateTime::UNIX_EPOCH).await;
        assert_eq!(said, Err(Failure::NotPublic));
    }

    /// Answers who asks with 200 and half a body.
    async fn half_an_answer() -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 1024];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await;
            }
        });
        format!("http://{address}/")
    }

    #[tokio::test]
    async fn a_status_counts_whatever_becomes_of_the_body() {
        let (client, url) = (client().build().unwrap(), half_an_answer().await);
        let said = exchange(client.get(&url), DateTime::UNIX_EPOCH).await;
        assert_eq!(said, Err(Failure::Unanswered("the connection was lost")));
        let said = notify(client.get(&url), DateTime::UNIX_EPOCH).await;
        assert_eq!(said, Ok(Answer { status: 200, retry_after: None, body: Vec::new() }));
    }

    #[test]
    fn patience_is_asked_for_in_seconds_or_with_a_date() {
        let now = DateTime::parse_from_rfc3339("1994-11-06T08:49:00Z").unwrap().to_utc();
        let of = |text: &str| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]), now);
        assert_eq!(of("120"), Some(TimeDelta::seconds(120)));
        assert_eq!(of("Sun, 06 Nov 1994 08:49:37 GMT"), Some(TimeDelta::seconds(37)));
        assert_eq!(of("Sun, 06 Nov 1994 08:00:00 GMT"), Some(TimeDelta::zero()));
        assert_eq!(of("4294967295"), Some(PATIENCE));
        for unreadable in ["soon", "-5", "", "Sun, 06 Nov"] {
            assert_eq!(of(unreadable), None, "{unreadable}");
        }
    }
}
