//! An id per request, the same in the answer's header, its errors and the log.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

const LONGEST: usize = 64;

/// The caller's `X-Request-Id` if it is sane, else a new UUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    fn of(sent: Option<&HeaderValue>) -> Self {
        match sent {
            Some(value) if is_sane(value.as_bytes()) => Self(value.clone()),
            _ => Self::new(),
        }
    }

    pub fn new() -> Self {
        let id = Uuid::now_v7().to_string();
        Self(HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("unknown")))
    }

    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

/// Letters, digits, `-`, `_` and `.`: nothing that could forge a line in a log.
fn is_sane(id: &[u8]) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

/// Gives every request its id and shows it in the answer.
pub(super) async fn assign(mut request: Request, next: Next) -> Response {
    let id = RequestId::of(request.headers().get(HEADER));
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    response.headers_mut().insert(HEADER, id.0);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sane_id_is_kept_and_another_replaced() {
        let of = |sent: &str| RequestId::of(Some(&HeaderValue::from_str(sent).unwrap())).as_str().to_owned();
        assert_eq!(of("app-7.2_x"), "app-7.2_x");
        for odd in ["", "a b", "a\"b", "x=1", &"a".repeat(65)] {
            assert_eq!(of(odd).len(), 36, "{odd}");
        }
        assert_eq!(RequestId::of(None).as_str().len(), 36);
    }
}
