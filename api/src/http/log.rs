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
