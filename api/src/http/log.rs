//! One line per request: what, how it ended, how long. Never variables, tokens, addresses or texts of a document.

use std::time::Instant;

use async_graphql::Name;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

use super::request_id::RequestId;

const LONGEST_NAME: usize = 64;

/// The operation that was answered, for the log.
#[derive(Debug, Clone)]
pub(super) struct OperationName(pub Name);

/// Writes the line when the answer's head is ready.
pub(super) async fn write(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let request_id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    let operation = response.extensions().get::<OperationName>().map_or("", |name| capped(&name.0));
    tracing::info!(
        target: "glans::request",
        method = method.as_str(),
        route = route.as_ref().map_or("none", MatchedPath::as_str),
        operation,
        status = response.status().as_u16(),
        ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        request_id = request_id.as_str(),
        "answered"
    );
    response
}

/// Names are ASCII.
fn capped(name: &str) -> &str {
    name.get(..LONGEST_NAME).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use tower::ServiceExt;

    use super::*;
    use crate::http::refusal::Refusal;
    use crate::platform::log_lines::Lines;

    #[test]
    fn an_operation_that_was_stopped_is_told_with_its_request() {
        let (lines, _guard) = Lines::taken();
        let _ = Refusal::timed_out(Duration::from_secs(10), "r-1");
        let line = lines.text();
        assert!(line.contains("\"ERROR\"") && line.contains("\"r-1\""), "{line}");
    }

    #[tokio::test]
    async fn a_line_says_what_was_asked_and_nothing_of_what_was_said() {
        let (lines, _guard) = Lines::taken();
        let name = "N".repeat(80);
        let answer = async move |_: Request| {
            let mut response = Response::new(Body::from("canary-answer"));
            response.extensions_mut().insert(OperationName(Name::new(name)));
            response
        };
        let router = Router::new().route("/graphql", post(answer)).layer(from_fn(write));
        let request = Request::post("/graphql?query=canary-query")
            .header("authorization", "Bearer canary-token")
            .header("x-forwarded-for", "canary-address")
            .body(Body::from("canary-body"))
            .unwrap();
        router.oneshot(request).await.unwrap();
        let line = lines.text();
        let fields: serde_json::Value = serde_json::from_str(line.trim()).unwrap();
        assert!(!line.contains("canary"), "{line}");
        assert_eq!(fields["fields"]["operation"], "N".repeat(64));
        assert_eq!((&fields["fields"]["route"], &fields["fields"]["status"]), (&"/graphql".into(), &200.into()));
    }
}
