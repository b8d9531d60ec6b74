//! `GET /exports/{id}`: the file of an export, whole or in part, for who started it.

use std::io;
use std::sync::Arc;

use async_graphql::futures_util::stream;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use glans_entity::ids::ExportId;
use glans_entity::metrics::{ExportFormat, export};
use glans_entity::scope::Scope;

use super::file::BLOCK;
use super::range::{self, Wanted};
use super::{actions, store};
use crate::app::App;
use crate::call::Call;
use crate::door;
use crate::http::house::{Denied, in_time};
use crate::http::{self, RequestId, Till};
use crate::metrics::periods;
use crate::platform::error::{Error, Result};

/// Points for a download, of the whole or a part.
const DOWNLOAD: u64 = 250;
/// What cannot be fetched, whatever the reason.
const NOTHING: &str = "There is no file here for you. Start an export with `exportStart`.";

/// The route, for the server to mount.
pub fn routes(app: Arc<App>, till: Till) -> Router {
    Router::new().route("/exports/{id}", get(serve)).with_state(Desk { app, till })
}

/// What requests share.
#[derive(Clone)]
struct Desk {
    app: Arc<App>,
    till: Till,
}

/// The address of the file of an export.
pub(super) fn url(app: &App, id: ExportId) -> String {
    format!("{}/exports/{id}", app.config.public_url())
}

async fn serve(
    State(Desk { app, till }): State<Desk>,
    Extension(request_id): Extension<RequestId>,
    Path(id): Path<String>,
    method: Method,
    asked: HeaderMap,
) -> Response {
    let call = match door::call(&app, &asked, &request_id).await {
        Ok(call) => call,
        Err(denied) => return refuse(&denied, &request_id),
    };
    if call.signed_in().is_err() {
        return challenge("Bearer", crate::access::SIGN_IN);
    }
    if let Err(error) = door::pay(&till, &call, DOWNLOAD).await {
        return failure(&error, &request_id);
    }
    match in_time(Box::pin(found(&call, &id))).await {
        Ok(Some(export)) => {
            // A file that is ready never changes.
            let tag = format!("\"{}\"", export.id);
            match http::condition(&asked, &tag) {
                Some(status) => unmet(status, &tag),
                // A range is of a GET alone (RFC 9110, 14.2).
                None => answer(app, &call, &export, tag, (method == Method::GET).then_some(&asked)),
            }
        }
        Ok(None) => say(StatusCode::NOT_FOUND, NOTHING),
        Err(error) => failure(&error, &request_id),
    }
}

async fn found(call: &Call, id: &str) -> Result<Option<export::Model>> {
    match id.parse() {
        Ok(id) => actions::ready(call, id).await,
        Err(_) => Ok(None),
    }
}

/// The file is the one that the client has, or is not the one that it means.
fn unmet(status: StatusCode, tag: &str) -> Response {
    if status != StatusCode::NOT_MODIFIED {
        return say(status, "This is another file than the one that `If-Match` names.");
    }
    let mut response = status.into_response();
    response.headers_mut().extend(fixed());
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn answer(app: Arc<App>, call: &Call, export: &export::Model, tag: String, asked: Option<&HeaderMap>) -> Response {
    let length = export.byte_length.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default();
    let (status, first, end) = match asked.map_or(Wanted::Whole, |asked| wanted(asked, &tag, length)) {
        Wanted::Whole => (StatusCode::OK, 0, length),
        Wanted::Part { first, last } => (StatusCode::PARTIAL_CONTENT, first, last + 1),
        Wanted::Unsatisfiable => return unsatisfiable(length),
    };
    let mut headers = vec![
        (header::CONTENT_TYPE, media_type(export.format).to_owned()),
        (header::CONTENT_LENGTH, (end - first).to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", name(export))),
        (header::ETAG, tag),
    ];
    if status == StatusCode::PARTIAL_CONTENT {
        headers.push((header::CONTENT_RANGE, format!("bytes {first}-{}/{length}", end - 1)));
    }
    let mut response = Response::new(body(app, call.scope(), export.id, first, end));
    *response.status_mut() = status;
    response.headers_mut().extend(fixed());
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Several `Range` headers ask for several ranges, and so for the whole.
fn wanted(asked: &HeaderMap, tag: &str, length: u64) -> Wanted {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let mut ranges = asked.get_all(header::RANGE).iter();
    let range = ranges.next().filter(|_| ranges.next().is_none()).map(text);
    let if_range = asked.get(header::IF_RANGE).map(text);
    range::wanted(range.as_deref(), if_range.as_deref(), tag, length)
}

const fn media_type(format: ExportFormat) -> &'static str {
    match format {
        // RFC 4180, section 3.
        ExportFormat::Csv => "text/csv; charset=utf-8; header=present",
        ExportFormat::Ndjson => "application/x-ndjson",
    }
}

/// As what a browser saves it. It names no place.
fn name(export: &export::Model) -> String {
    let ending = match export.format {
        ExportFormat::Csv => "csv",
        ExportFormat::Ndjson => "ndjson",
    };
    format!("engagement-{}-{}.{ending}", export.first_on, periods::until(export.span, export.last_on))
}

fn fixed() -> [(HeaderName, HeaderValue); 2] {
    [
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ]
}

/// The bytes from `first` up to `end`, a block at a time. Between two blocks nothing of the database is held, however slow the
/// client is; a file that goes meanwhile breaks the answer off.
fn body(app: Arc<App>, scope: Arc<Scope>, id: ExportId, first: u64, end: u64) -> Body {
    Body::from_stream(stream::try_unfold(first, move |at| {
        let (app, scope) = (Arc::clone(&app), Arc::clone(&scope));
        async move {
            if at >= end {
                return Ok(None);
            }
            match piece(&app, &scope, id, at, end).await {
                Ok(bytes) if !bytes.is_empty() => {
                    let next = at + bytes.len() as u64;
                    Ok(Some((bytes, next)))
                }
                Ok(_) => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
                Err(error) => {
                    tracing::error!(?error, export = %id, "a download broke off");
                    Err(io::Error::other("a download broke off"))
                }
            }
        }
    }))
}

/// The bytes from `at` to the end of their block, or to `end`.
async fn piece(app: &App, scope: &Scope, id: ExportId, at: u64, end: u64) -> Result<Vec<u8>> {
    let size = BLOCK as u64;
    let position = i32::try_from(at / size).map_err(Error::fault)?;
    let db = app.db.read(scope).await?;
    let mut bytes = store::block(&db, scope, id, position).await?.unwrap_or_default();
    let begin = at / size * size;
    bytes.truncate(usize::try_from(end - begin).unwrap_or(usize::MAX));
    let skipped = usize::try_from(at - begin).unwrap_or(usize::MAX).min(bytes.len());
    bytes.drain(..skipped);
    Ok(bytes)
}

fn say(status: StatusCode, message: &str) -> Response {
    let mut response = (status, axum::Json(serde_json::json!({ "message": message }))).into_response();
    response.headers_mut().extend(fixed());
    response
}

fn unsatisfiable(length: u64) -> Response {
    let mut response = say(StatusCode::RANGE_NOT_SATISFIABLE, "The file has no such bytes.");
    if let Ok(value) = HeaderValue::try_from(format!("bytes */{length}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

/// Sign in, and how (RFC 6750, section 3).
fn challenge(how: &'static str, message: &str) -> Response {
    let mut response = say(StatusCode::UNAUTHORIZED, message);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(how));
    response
}

fn refuse(denied: &Denied, request_id: &RequestId) -> Response {
    match denied {
        Denied::Board => say(StatusCode::BAD_REQUEST, &denied.to_string()),
        Denied::Malformed => challenge("Bearer error=\"invalid_request\"", &denied.to_string()),
        Denied::Invalid | Denied::Expired => challenge("Bearer error=\"invalid_token\"", &denied.to_string()),
        Denied::Later { message, retry_after_seconds } => later(message, *retry_after_seconds),
        Denied::Fault(cause) => failure(&Error::fault(cause.clone()), request_id),
    }
}

fn later(message: &str, seconds: u32) -> Response {
    let mut response = say(StatusCode::TOO_MANY_REQUESTS, message);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn failure(error: &Error, request_id: &RequestId) -> Response {
    if let Some(seconds) = error.retry_after_seconds() {
        return later(&error.to_string(), seconds);
    }
    tracing::error!(?error, request_id = request_id.as_str(), "an export could not be fetched");
    say(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
}
