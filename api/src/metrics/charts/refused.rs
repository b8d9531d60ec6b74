//! Why there is no picture, as `application/problem+json` (RFC 9457).

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::asked::Problem;
use crate::http::RequestId;
use crate::http::house::Denied;
use crate::platform::error::{Code, Error, Refusal};

const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const SOMETHING_WRONG: &str = "Mend the parameters that `errors` names.";
/// After so many seconds there may be a pen again.
const SOON: u32 = 5;

/// Why there is no picture.
#[derive(Debug)]
pub(super) enum Refused {
    /// The token or a header.
    Denied(Denied),
    /// Parameters.
    Problems(Vec<Problem>),
    /// Too much is drawn already.
    Busy,
    Error(Error),
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusals) => {
                let problem = |Refusal { field, message, .. }| Problem { parameter: field.join("."), detail: message };
                Self::Problems(refusals.into_iter().map(problem).collect())
            }
            error => Self::Error(error),
        }
    }
}

/// What is told of it.
struct Told {
    status: StatusCode,
    detail: String,
    problems: Vec<Problem>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Told {
    fn of(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), problems: Vec::new(), headers: Vec::new() }
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl Refused {
    pub(super) fn response(self, request_id: &RequestId) -> Response {
        let Told { status, detail, problems, headers } = match self {
            Self::Denied(denied) => of_denied(denied, request_id),
            Self::Problems(problems) => Told { problems, ..Told::of(StatusCode::BAD_REQUEST, SOMETHING_WRONG) },
            Self::Busy => {
                Told::of(StatusCode::SERVICE_UNAVAILABLE, "Too much is drawn at this moment. Try again soon.")
                    .with(header::RETRY_AFTER, SOON.into())
            }
            Self::Error(error) => of_error(&error, request_id),
        };
        let body = json!({
            "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "detail": detail,
            "errors": problems, "requestId": request_id.as_str(),
        });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        response.headers_mut().extend(headers);
        response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM);
        response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
        response
    }
}

fn of_denied(denied: Denied, request_id: &RequestId) -> Told {
    let challenge = match denied {
        Denied::Board => return Told::of(StatusCode::BAD_REQUEST, denied.to_string()),
        Denied::Later { message, retry_after_seconds } => return later(message, retry_after_seconds),
        Denied::Fault(cause) => return of_error(&Error::fault(cause), request_id),
        Denied::Malformed => "Bearer error=\"invalid_request\"",
        Denied::Invalid | Denied::Expired => "Bearer error=\"invalid_token\"",
    };
    unauthenticated(challenge, denied.to_string())
}

fn unauthenticated(challenge: &'static str, detail: String) -> Told {
    Told::of(StatusCode::UNAUTHORIZED, detail).with(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

fn later(detail: String, seconds: u32) -> Told {
    Told::of(StatusCode::TOO_MANY_REQUESTS, detail).with(header::RETRY_AFTER, HeaderValue::from(seconds))
}

fn of_error(error: &Error, request_id: &RequestId) -> Told {
    if let Some(seconds) = error.retry_after_seconds() {
        return later(error.to_string(), seconds);
    }
    match error {
        Error::Coded(Code::Unauthenticated | Code::TokenExpired, detail) => unauthenticated("Bearer", detail.clone()),
        Error::Coded(Code::NotFound, detail) => Told::of(StatusCode::NOT_FOUND, detail),
        Error::Coded(Code::Forbidden, detail) => Told::of(StatusCode::FORBIDDEN, detail),
        Error::Coded(Code::BadUserInput | Code::CostExceeded, detail) => Told::of(StatusCode::BAD_REQUEST, detail),
        _ => {
            tracing::error!(?error, request_id = request_id.as_str(), "a picture could not be drawn");
            Told::of(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Try again later.")
        }
    }
}
