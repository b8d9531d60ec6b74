//! Errors as RFC 6749, section 5.2 has them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::http::Unread;
use crate::platform::error::Error;

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The form is not in order.
    InvalidRequest(&'static str),
    /// The form did not arrive whole.
    Unread(Unread),
    /// Unknown client, wrong secret, revoked: the same answer. RFC 6749 wants the scheme named that was tried.
    InvalidClient {
        basic: bool,
    },
    /// The refresh token is unknown, spent or its session over.
    InvalidGrant,
    InvalidScope,
    UnsupportedGrantType,
    UnsupportedTokenType,
    /// Of this network, in a short time.
    TooMany {
        retry_after_seconds: u64,
    },
    /// Others are at work.
    TooBusy {
        retry_after_seconds: u64,
    },
    ServerError,
}

impl Refusal {
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        let bad = StatusCode::BAD_REQUEST;
        match self {
            Self::InvalidRequest(description) => (bad, "invalid_request", description),
            Self::Unread(Unread::TooLarge) => {
                (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "A form has at most 16 KiB.")
            }
            Self::Unread(Unread::TooSlow) => {
                (StatusCode::REQUEST_TIMEOUT, "invalid_request", "The form took too long to arrive.")
            }
            Self::Unread(Unread::BrokeOff) => (bad, "invalid_request", "The form broke off."),
            Self::InvalidClient { .. } => {
                (StatusCode::UNAUTHORIZED, "invalid_client", "Client id or client secret is wrong.")
            }
            Self::InvalidGrant => (bad, "invalid_grant", "This session has ended. Sign in again."),
            Self::InvalidScope => (bad, "invalid_scope", "Ask for scopes that the client has, or for none."),
            Self::UnsupportedGrantType => {
                (bad, "unsupported_grant_type", "Use `client_credentials` or `refresh_token`.")
            }
            Self::UnsupportedTokenType => {
                (bad, "unsupported_token_type", "Access tokens end by themselves within ten minutes.")
            }
            Self::TooMany { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "Too much was asked in a short time.")
            }
            Self::TooBusy { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "Try again in a moment.")
            }
            Self::ServerError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "Something went wrong on our side. Try again later.",
            ),
        }
    }
}

impl From<Error> for Refusal {
    /// A failure of ours is logged here, at the boundary, and shows nothing of the inside.
    fn from(error: Error) -> Self {
        match (error.retry_after_seconds(), error) {
            (_, Error::RateLimited { retry_after_seconds }) => {
                Self::TooMany { retry_after_seconds: retry_after_seconds.into() }
            }
            (Some(seconds), _) => Self::TooBusy { retry_after_seconds: seconds.into() },
            (None, Error::Refused(_) | Error::Stale(_) | Error::DoneOutOfSight) => Self::InvalidGrant,
            (None, error) => {
                tracing::error!(?error, "a token request failed");
                Self::ServerError
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error, description) = self.parts();
        let body = Json(json!({ "error": error, "error_description": description }));
        let mut response = no_store((status, body).into_response());
        match self {
            Self::InvalidClient { basic: true } => {
                let challenge = HeaderValue::from_static("Basic realm=\"glans\", charset=\"UTF-8\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            Self::TooMany { retry_after_seconds } | Self::TooBusy { retry_after_seconds } => {
                response.headers_mut().insert(header::RETRY_AFTER, retry_after_seconds.into());
            }
            _ => {}
        }
        response
    }
}

/// Answers about tokens are kept by no cache (RFC 6749, 5.1).
pub(super) fn no_store(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::not_found;

    #[test]
    fn who_may_come_again_is_told_when() {
        let told = |error: Error| {
            let response = Refusal::from(error).into_response();
            let seconds = response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
            (response.status().as_u16(), seconds.unwrap_or_default())
        };
        assert_eq!(told(Error::RateLimited { retry_after_seconds: 7 }), (429, "7".to_owned()));
        assert_eq!(told(Error::Held), (503, "5".to_owned()));
        assert_eq!(told(Error::Crowded), (503, "3".to_owned()));
        assert_eq!(told(not_found("")), (400, String::new()));
        assert_eq!(told(Error::fault("the server is gone")), (500, String::new()));
    }
}
