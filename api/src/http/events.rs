//! Server-sent events, as the protocol of graphql-sse has them in its mode of distinct connections: one operation per
//! request, `next` for every answer, then `complete`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use async_graphql::futures_util::stream;
use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use tokio::sync::mpsc::{Receiver, channel};

use super::answer::{self, Answer};
use super::endpoint::Endpoint;
use super::envelope::Envelope;
use super::graphql;
use super::guard::shape;
use super::house::{House, Visitor};
use super::negotiate::MediaType;
use super::refusal::Refusal;
use super::request_id::RequestId;
use super::stream::{self as streamed, Caller, Happening, STREAMS_EACH, Seat};
use super::walls;

/// A comment is sent after this much silence, so that no proxy takes the stream for dead.
const SILENCE: Duration = Duration::from_secs(12);
/// Answers that wait for a client. The operation goes on when there is room again.
const WAITING: usize = 4;

pub(super) async fn serve<S: Executor, H: House>(
    endpoint: Arc<Endpoint<S, H>>,
    head: Parts,
    body: Body,
    request_id: RequestId,
) -> Response {
    let address = walls::address(&head, endpoint.settings.behind_proxy);
    let caller = Caller { headers: head.headers.clone(), address, request_id };
    match opened(endpoint, &head, body, caller.clone()).await {
        Ok(response) => response,
        Err(refusal) => answer::refuse(&refusal, MediaType::Json, caller.request_id.as_str()),
    }
}

async fn opened<S: Executor, H: House>(
    endpoint: Arc<Endpoint<S, H>>,
    head: &Parts,
    body: Body,
    caller: Caller,
) -> Result<Response, Refusal> {
    if endpoint.stopping.has_begun() {
        return Err(Refusal::stopping());
    }
    let visitor = caller.admitted(&endpoint.house).await?;
    let settings = &endpoint.settings;
    let envelope = graphql::read(head, body, visitor.kind.limits().body_bytes, settings.body_timeout).await?;
    if head.method == Method::GET && is_mutation(&endpoint, &envelope, &visitor).await {
        return Err(Refusal::mutation_by_get());
    }
    let seat = endpoint.streams.place(walls::payer(&visitor, caller.address));
    let seat = seat.ok_or_else(|| Refusal::too_many_streams(STREAMS_EACH))?;
    let (told, happenings) = channel(WAITING);
    tokio::spawn(async move {
        tokio::select! {
            () = streamed::run(&endpoint, &caller, visitor, envelope, &told, Some) => { let _ = told.send(None).await; }
            // The client is gone, or this process goes.
            () = told.closed() => {}
            () = endpoint.stopping.begun() => {}
        }
    });
    let mut response = Response::new(Body::from_stream(frames(happenings, seat)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A document that cannot be read is told in the stream.
async fn is_mutation<S: Executor, H: House>(endpoint: &Endpoint<S, H>, envelope: &Envelope, visitor: &Visitor) -> bool {
    let meant = endpoint.documents.meant(envelope, &endpoint.house, &endpoint.settings, visitor).await;
    meant.is_ok_and(|meant| {
        shape::chosen(&meant.document.syntax, envelope.operation_name.as_deref())
            .is_ok_and(|(_, operation)| operation.ty == OperationType::Mutation)
    })
}

/// `next` for every answer and `complete` after the last. A stream whose credential ran out, or whose server stops, ends
/// without `complete`: the client comes again.
fn frames(
    happenings: Receiver<Option<Happening>>,
    seat: Seat,
) -> impl stream::Stream<Item = Result<String, Infallible>> {
    stream::unfold((happenings, seat), |(mut happenings, seat)| async move {
        let frame = match tokio::time::timeout(SILENCE, happenings.recv()).await {
            Err(_) => ":\n\n".to_owned(),
            Ok(Some(Some(Happening::Next(json)))) => next(&json),
            Ok(Some(Some(Happening::Failed(errors)))) => {
                next(&Answer { errors, ..Answer::default() }.bytes(usize::MAX).unwrap_or_default())
            }
            Ok(Some(None)) => COMPLETE.to_owned(),
            Ok(Some(Some(Happening::Denied(_))) | None) => return None,
        };
        Some((Ok(frame), (happenings, seat)))
    })
}

/// JSON as it is written here has no line breaks.
fn next(json: &[u8]) -> String {
    format!("event: next\ndata: {}\n\n", String::from_utf8_lossy(json))
}

/// A browser passes no event on that has no `data`.
const COMPLETE: &str = "event: complete\ndata:\n\n";
