//! A request that is answered before, or instead of, being executed.

use std::time::Duration;

use async_graphql::{ServerError, Value};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};

use super::errors::RETRY_AFTER_SECONDS;
use super::guard::Refused;
use super::house::{Denied, Fault};
use super::negotiate::MediaType;
use crate::platform::error::Code;

/// One error, its status and its headers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    status: Status,
    code: Code,
    pub message: String,
    at: Option<async_graphql::Pos>,
    extensions: Vec<(&'static str, Value)>,
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// The request never became GraphQL: the same status in both media types.
    Http(StatusCode),
    /// A well-formed request whose document does not run: 400, or 200 for `application/json`.
    Document,
}

/// Parts of the schema that are to go, in one message.
const MOST_TOLD: usize = 25;

impl Refusal {
    fn new(status: Status, code: Code, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), at: None, extensions: Vec::new(), headers: Vec::new() }
    }

    fn http(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self::new(Status::Http(status), code, message)
    }

    fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::http(StatusCode::BAD_REQUEST, Code::BadUserInput, message)
    }

    /// A document that is GraphQL, but not one that can be run here.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Status::Document, Code::GraphqlValidationFailed, message)
    }

    /// It runs today, and will not for ever. The client asked.
    pub(super) fn to_go(misses: impl IntoIterator<Item = String>) -> Self {
        let told: Vec<String> = misses.into_iter().take(MOST_TOLD).collect();
        Self::invalid(told.join(" "))
    }

    pub(super) fn missing_variable(name: &str) -> Self {
        Self::mistaken_variable(format!("The variable `${name}` is required: send it in `variables`."))
    }

    /// Its value is not of its type.
    pub(super) fn mistaken_variable(message: String) -> Self {
        Self::new(Status::Document, Code::BadUserInput, message)
    }

    pub(super) fn method_not_allowed(allow: &'static str, message: &'static str) -> Self {
        Self::http(StatusCode::METHOD_NOT_ALLOWED, Code::BadUserInput, message)
            .with_header(header::ALLOW, HeaderValue::from_static(allow))
    }

    pub(super) fn mutation_by_get() -> Self {
        Self::method_not_allowed("POST", "A mutation is sent by POST.")
    }

    pub(super) fn too_many_operations(maximum: usize) -> Self {
        let message = format!("A socket carries {maximum} operations at a time. Complete one, or open another.");
        let mut refusal = Self::new(Status::Document, Code::CostExceeded, message);
        refusal.extensions = vec![("limit", "subscriptions".into()), ("maximum", maximum.into())];
        refusal
    }

    pub(super) fn too_many_streams(maximum: usize) -> Self {
        let message = format!("Nobody has more than {maximum} sockets and event streams open. Close one.");
        Self::http(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, message)
    }

    /// Another server takes the stream, or this one when it is back.
    pub(super) fn stopping() -> Self {
        Self::http(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal,
            "This server is stopping. Connect again in a moment.",
        )
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    pub(super) fn not_acceptable() -> Self {
        let message = "Accept must allow `application/graphql-response+json` or `application/json`.";
        Self::http(StatusCode::NOT_ACCEPTABLE, Code::BadUserInput, message)
    }

    pub(super) fn unsupported_media_type() -> Self {
        let message = "Send the body with `Content-Type: application/json`, in UTF-8.";
        Self::http(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadUserInput, message)
    }

    /// Says what is understood instead (RFC 9110, section 15.5.16).
    pub(super) fn unsupported_encoding() -> Self {
        let message = "Send the body as it is, without `Content-Encoding`.";
        Self::http(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadUserInput, message)
            .with_header(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))
    }

    pub(super) fn too_large(maximum: usize) -> Self {
        let message = format!("The body is larger than {} KiB.", maximum / 1024);
        Self::http(StatusCode::PAYLOAD_TOO_LARGE, Code::CostExceeded, message)
    }

    pub(super) fn too_slow() -> Self {
        Self::http(StatusCode::REQUEST_TIMEOUT, Code::BadUserInput, "The body took too long to arrive. Send it again.")
    }

    /// What clients of Apollo's protocol look for is the message; a 4xx would hide it from some of them.
    pub(super) fn document_not_found() -> Self {
        Self::http(StatusCode::OK, Code::PersistedQueryNotFound, "PersistedQueryNotFound")
    }

    pub(super) fn document_required() -> Self {
        let message = "Only documents that a release of an app has registered are answered. Send its `documentId`.";
        Self::new(Status::Document, Code::PersistedQueryRequired, message)
    }

    pub(super) fn too_dear(cost: u64, maximum: u64) -> Self {
        let message = format!("The operation costs {cost} points and may cost {maximum}. Ask for smaller pages.");
        let mut refusal = Self::new(Status::Document, Code::CostExceeded, message);
        refusal.extensions = vec![("limit", "cost".into()), ("maximum", maximum.into())];
        refusal
    }

    pub(super) fn rate_limited(retry_after: Duration) -> Self {
        let seconds = retry_after.as_secs().max(1);
        Self::later(format!("Too much was asked in a short time. Try again in {seconds} s."), seconds)
    }

    fn later(message: String, seconds: u64) -> Self {
        let mut refusal = Self::http(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, message);
        refusal.extensions = vec![(RETRY_AFTER_SECONDS, seconds.into())];
        refusal.with_header(header::RETRY_AFTER, seconds.into())
    }

    /// An error of ours: what it cost was within the limits, so that it should not take so long.
    pub(super) fn timed_out(limit: Duration, request_id: &str) -> Self {
        tracing::error!(request_id, seconds = limit.as_secs(), "an operation took too long and was stopped");
        let message = format!("The operation took longer than {} s and was stopped. Ask for less.", limit.as_secs());
        Self::http(StatusCode::SERVICE_UNAVAILABLE, Code::Internal, message)
    }

    pub(super) fn answer_too_large(maximum: usize) -> Self {
        let message = format!("The answer is larger than {} MiB. Ask for smaller pages.", maximum / (1024 * 1024));
        Self::http(StatusCode::OK, Code::CostExceeded, message)
    }

    pub(super) fn internal() -> Self {
        let message = "Something went wrong on our side. Try again later.";
        Self::http(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, message)
    }

    /// Whether it says nothing of what was asked for: only that it could not be looked up.
    pub(super) fn is_of_the_moment(&self) -> bool {
        matches!(self.code, Code::RateLimited | Code::Internal)
    }

    pub(super) fn status(&self, media_type: MediaType) -> StatusCode {
        match (self.status, media_type) {
            (Status::Http(status), _) => status,
            (Status::Document, MediaType::GraphqlResponse) => StatusCode::BAD_REQUEST,
            (Status::Document, MediaType::Json) => StatusCode::OK,
        }
    }

    /// As it stands in `errors`.
    pub(super) fn error(&self, request_id: &str) -> ServerError {
        let mut error = ServerError::new(&self.message, self.at);
        let extensions = error.extensions.get_or_insert_default();
        for (name, value) in &self.extensions {
            extensions.set(name, value.clone());
        }
        extensions.set("code", self.code.name());
        extensions.set("requestId", request_id);
        extensions.set("retryable", self.code.retryable());
        error
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        let message = refused.to_string();
        match refused {
            Refused::Syntax { at, .. } => Self { at, ..Self::new(Status::Document, Code::GraphqlParseFailed, message) },
            Refused::Invalid(_) => Self::invalid(message),
            Refused::Over { limit, maximum } => Self {
                extensions: vec![("limit", limit.name().into()), ("maximum", maximum.into())],
                ..Self::new(Status::Document, Code::CostExceeded, message)
            },
        }
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        let (code, challenge) = match denied {
            Denied::Board => return Self::bad_request(denied.to_string()),
            Denied::Malformed => (Code::Unauthenticated, "Bearer error=\"invalid_request\""),
            Denied::Invalid => (Code::Unauthenticated, "Bearer error=\"invalid_token\""),
            Denied::Expired => {
                (Code::TokenExpired, "Bearer error=\"invalid_token\", error_description=\"The token has expired\"")
            }
            Denied::Later { message, retry_after_seconds } => return Self::later(message, retry_after_seconds.into()),
            Denied::Fault(cause) => return Fault(cause).into(),
        };
        Self::http(StatusCode::UNAUTHORIZED, code, denied.to_string())
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }
}

impl From<Fault> for Refusal {
    fn from(Fault(cause): Fault) -> Self {
        tracing::error!(cause, "a request could not be answered");
        Self::internal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_depends_on_the_form_only_where_a_document_fails() {
        let of = |refusal: Refusal| {
            (refusal.status(MediaType::GraphqlResponse).as_u16(), refusal.status(MediaType::Json).as_u16())
        };
        assert_eq!(of(Refusal::invalid("x")), (400, 200));
        assert_eq!(of(Refusal::document_required()), (400, 200));
        assert_eq!(of(Refusal::document_not_found()), (200, 200));
        assert_eq!(of(Refusal::bad_request("x")), (400, 400));
        assert_eq!(of(Refusal::rate_limited(Duration::ZERO)), (429, 429));
        assert_eq!(of(Denied::Expired.into()), (401, 401));
    }

    #[test]
    fn whom_others_keep_outside_is_told_when_to_come_again() {
        let message = "Others are at work just now. Try again in 5 seconds.".to_owned();
        let refusal = Refusal::from(Denied::Later { message: message.clone(), retry_after_seconds: 5 });
        assert_eq!(refusal.status(MediaType::GraphqlResponse), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!((refusal.code, &refusal.message), (Code::RateLimited, &message));
        assert_eq!(refusal.headers, [(header::RETRY_AFTER, HeaderValue::from_static("5"))]);
        let error = serde_json::to_value(refusal.error("r-1")).unwrap();
        assert_eq!(error["extensions"]["retryAfterSeconds"], 5);
    }

    #[test]
    fn an_error_names_its_code_request_and_limit() {
        let error = Refusal::too_dear(2_001, 2_000).error("r-1");
        let json = serde_json::to_value(&error).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "message": "The operation costs 2001 points and may cost 2000. Ask for smaller pages.",
                "extensions": {
                    "code": "COST_EXCEEDED", "requestId": "r-1", "retryable": false, "limit": "cost", "maximum": 2000,
                },
            })
        );
    }
}
