//! All routes of this layer and what every request passes through, outermost first: id, log, headers, compression,
//! CORS, panics.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::endpoint::Endpoint;
use super::health::{self, Stopping};
use super::house::House;
use super::negotiate::MediaType;
use super::refusal::Refusal;
use super::{answer, graphiql, graphql, log, request_id, socket};

/// Answers below this size gain nothing from compression.
const COMPRESSED_FROM: u64 = 1024;

/// The router of an endpoint. `beside` are the routes of the application's other doors (token endpoints, uploads): they
/// pass the same layers.
pub fn router<S: Executor, H: House>(mut endpoint: Endpoint<S, H>, stopping: Stopping, beside: Router) -> Router {
    let cors = cors(&endpoint.settings.cors_origins);
    let pages = if endpoint.settings.graphiql { graphiql::routes() } else { Router::new() };
    endpoint.stopping = stopping.clone();
    let health = health::routes(endpoint.house.clone(), stopping);
    Router::new()
        .route("/graphql", any(graphql::serve::<S, H>))
        .route("/graphql/ws", any(socket::serve::<S, H>))
        .with_state(Arc::new(endpoint))
        .merge(pages)
        .merge(health)
        .merge(beside)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(cors)
        .layer(CompressionLayer::new().compress_when(worth_compressing()))
        .layer(from_fn(security_headers))
        .layer(from_fn(log::write))
        .layer(from_fn(request_id::assign))
}

/// Events are not: a compressor would keep them back until it has enough. Nor are files that are fetched in parts: a part is
/// of the bytes as they are stored, and so is what its tag stands for.
fn worth_compressing() -> impl Predicate {
    SizeAbove::new(COMPRESSED_FROM)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("multipart/mixed"))
        .and(NotForContentType::const_new("text/csv"))
        .and(NotForContentType::const_new("application/x-ndjson"))
}

/// Pages of the listed origins may call; credentials travel in a header, so cookies are not allowed.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    let origins = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().cloned())
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers([
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
            header::RANGE,
            request_id::HEADER,
            HeaderName::from_static("glans-board"),
            HeaderName::from_static("x-cost"),
            HeaderName::from_static("x-cost-dry-run"),
        ])
        .expose_headers([
            header::ACCEPT_RANGES,
            header::CONTENT_DISPOSITION,
            header::CONTENT_LANGUAGE,
            header::CONTENT_LENGTH,
            header::CONTENT_RANGE,
            header::ETAG,
            header::RETRY_AFTER,
            request_id::HEADER,
        ])
        .max_age(Duration::from_hours(1))
}

/// Nothing here is a page of another site, except GraphiQL, which sets its own policy.
async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A panic is answered like any other fault, and logged once by the panic hook.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    answer::refuse(&Refusal::internal(), MediaType::Json, "")
}
