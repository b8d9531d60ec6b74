//! The bytes of a request, up to what this caller may send.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::refusal::Refusal;

/// Why a body was not read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    TooLarge,
    BrokeOff,
    TooSlow,
}

/// As [`receive`], of a request of GraphQL.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    maximum: usize,
    patience: Duration,
) -> Result<Bytes, Refusal> {
    receive(headers, body, maximum, patience, patience).await.map_err(|unread| match unread {
        Unread::TooLarge => Refusal::too_large(maximum),
        Unread::BrokeOff => Refusal::bad_request("The body broke off."),
        Unread::TooSlow => Refusal::too_slow(),
    })
}

/// Reads a body of at most `maximum` bytes that arrives within `patience`, and is never silent for `silence`. One that
/// announces more is not read at all.
///
/// # Errors
/// Why it was not read whole.
pub async fn receive(
    headers: &HeaderMap,
    body: Body,
    maximum: usize,
    patience: Duration,
    silence: Duration,
) -> Result<Bytes, Unread> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > maximum) {
        return Err(Unread::TooLarge);
    }
    let whole = whole(Limited::new(body, maximum), silence);
    tokio::time::timeout(patience, whole).await.unwrap_or(Err(Unread::TooSlow))
}

async fn whole(mut body: Limited<Body>, silence: Duration) -> Result<Bytes, Unread> {
    let mut bytes = Vec::new();
    loop {
        match tokio::time::timeout(silence, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    bytes.extend_from_slice(&data);
                }
            }
            Ok(Some(Err(error))) if error.is::<LengthLimitError>() => return Err(Unread::TooLarge),
            Ok(Some(Err(_))) => return Err(Unread::BrokeOff),
            Ok(None) => return Ok(bytes.into()),
            Err(_) => return Err(Unread::TooSlow),
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::futures_util::{StreamExt, stream};

    use super::*;

    #[tokio::test]
    async fn who_falls_silent_is_not_waited_for_until_the_end() {
        let sent = || stream::iter(["half", " of it"]).map(Ok::<_, std::io::Error>);
        let silent = Body::from_stream(sent().chain(stream::pending()));
        let (patience, silence) = (Duration::from_hours(1), Duration::from_millis(20));
        let headers = HeaderMap::new();
        let read = receive(&headers, silent, 100, patience, silence);
        let read = tokio::time::timeout(Duration::from_secs(20), read).await.expect("nobody waits for the rest");
        assert_eq!(read, Err(Unread::TooSlow));
        let read = receive(&headers, Body::from_stream(sent()), 100, patience, silence).await;
        assert_eq!(read, Ok(Bytes::from("half of it")));
    }
}
