//! The bytes of a request, up to what this caller may send.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::refusal::Refusal;

/// Reads a body of at most `maximum` bytes that arrives within `patience`.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    maximum: usize,
    patience: Duration,
) -> Result<Bytes, Refusal> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > maximum) {
        return Err(Refusal::too_large(maximum));
    }
    match tokio::time::timeout(patience, Limited::new(body, maximum).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::too_large(maximum)),
        Ok(Err(_)) => Err(Refusal::bad_request("The body broke off.")),
        Err(_) => Err(Refusal::too_slow()),
    }
}
