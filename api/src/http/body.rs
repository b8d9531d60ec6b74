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
    receive(headers, body, maximum, patience).await.map_err(|unread| match unread {
        Unread::TooLarge => Refusal::too_large(maximum),
        Unread::BrokeOff => Refusal::bad_request("The body broke off."),
        Unread::TooSlow => Refusal::too_slow(),
    })
}

/// Reads a body of at most `maximum` bytes that arrives within `patience`. One that announces more is not read at all.
///
/// # Errors
/// Why it was not read whole.
pub async fn receive(headers: &HeaderMap, body: Body, maximum: usize, patience: Duration) -> Result<Bytes, Unread> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > maximum) {
        return Err(Unread::TooLarge);
    }
    match tokio::time::timeout(patience, Limited::new(body, maximum).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Unread::TooLarge),
        Ok(Err(_)) => Err(Unread::BrokeOff),
        Err(_) => Err(Unread::TooSlow),
    }
}
