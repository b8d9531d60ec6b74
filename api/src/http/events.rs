//! A stream in the body of an answer: one operation per request, every answer as it comes, then the end. As server-sent
//! events this is the mode of distinct connections of graphql-sse; `frames` writes both forms.

use std::convert::Infallible;
use std::sync::Arc;

use async_graphql::Executor;
use async_graphql::futures_util::{Stream, StreamExt, stream};
use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use tokio::sync::mpsc::{Receiver, channel};

use super::answer;
use super::endpoint::Endpoint;
use super::envelope::Envelope;
use super::graphql;
use super::guard::shape;
use super::house::{House, Visitor};
use super::negotiate::{MediaType, StreamForm};
use super::refusal::Refusal;
use super::request_id::RequestId;
use super::stream::{self as streamed, Caller, Happening, STREAMS_EACH, Seat};
use super::walls;

/// Answers that wait for a client. The operation goes on when there is room again.
const WAITING: usize = 4;

pub(super) async fn serve<S: Executor, H: House>(
    endpoint: Arc<Endpoint<S, H>>,
    form: StreamForm,
    head: Parts,
    body: Body,
    request_id: RequestId,
) -> Response {
    let address = walls::address(&head, endpoint.settings.behind_proxy);
    let by_get = head.method == Method::GET;
    let without_deprecated = graphql::is_without_deprecated(&head);
    let caller = Caller { headers: head.headers.clone(), address, request_id, by_get, without_deprecated };
    match opened(endpoint, form, &head, body, caller.clone()).await {
        Ok(response) => response,
        Err(refusal) => answer::refuse(&refusal, MediaType::Json, caller.request_id.as_str()),
    }
}

async fn opened<S: Executor, H: House>(
    endpoint: Arc<Endpoint<S, H>>,
    form: StreamForm,
    head: &Parts,
    body: Body,
    caller: Caller,
) -> Result<Response, Refusal> {
    if endpoint.stopping.has_begun() {
        return Err(Refusal::stopping());
    }
    let visitor = caller.admitted(&endpoint).await?;
    let settings = &endpoint.settings;
    let envelope = graphql::read(head, body, visitor.kind.limits().body_bytes, settings.body_timeout).await?;
    if caller.by_get && is_mutation(&endpoint, &envelope, &visitor).await? {
        return Err(Refusal::mutation_by_get());
    }
    let seat = endpoint.streams.place(walls::payer(&visitor, caller.address));
    let seat = seat.ok_or_else(|| Refusal::too_many_streams(STREAMS_EACH))?;
    let (told, happenings) = channel(WAITING);
    let writing = Writing { happenings, form, has_begun: false, request_id: caller.request_id.clone(), _seat: seat };
    tokio::spawn(async move {
        tokio::select! {
            () = streamed::run(&endpoint, &caller, visitor, envelope, &told, Some) => { let _ = told.send(None).await; }
            // The client is gone, or this process goes.
            () = told.closed() => {}
            () = endpoint.stopping.begun() => {}
        }
    });
    let mut response = Response::new(Body::from_stream(writing.frames()));
    response.headers_mut().insert(header::CONTENT_TYPE, form.content_type());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A document that cannot be read is told in the stream, as is a mutation that is found only there.
///
/// # Errors
/// Where it cannot be looked up just now: it was waited for as long as it may be.
async fn is_mutation<S: Executor, H: House>(
    endpoint: &Endpoint<S, H>,
    envelope: &Envelope,
    visitor: &Visitor,
) -> Result<bool, Refusal> {
    match endpoint.documents.meant(envelope, &endpoint.house, &endpoint.settings, visitor).await {
        Ok(meant) => Ok(shape::chosen(&meant.document.syntax, envelope.operation_name.as_deref())
            .is_ok_and(|(_, operation)| operation.ty == OperationType::Mutation)),
        Err(refusal) if refusal.is_of_the_moment() => Err(refusal),
        Err(_) => Ok(false),
    }
}

/// What is left to write of a stream.
struct Writing {
    /// `None` when the operation is over.
    happenings: Receiver<Option<Happening>>,
    form: StreamForm,
    /// Whether an answer is written.
    has_begun: bool,
    request_id: RequestId,
    /// Given back when all is written, or nobody reads any more.
    _seat: Seat,
}

impl Writing {
    fn frames(self) -> impl Stream<Item = Result<String, Infallible>> {
        let opening = self.form.opening().map(|opening| Ok(opening.to_owned()));
        stream::iter(opening).chain(stream::unfold(Some(self), |left: Option<Self>| async move { left?.frame().await }))
    }

    /// What is written next, and what is left after it.
    async fn frame(mut self) -> Option<(Result<String, Infallible>, Option<Self>)> {
        let form = self.form;
        let (frame, is_last) = match tokio::time::timeout(form.silence(), self.happenings.recv()).await {
            Err(_) => (form.heartbeat(), false),
            Ok(Some(Some(Happening::Next(json)))) => {
                self.has_begun = true;
                (form.next(&json), false)
            }
            Ok(Some(Some(Happening::Failed(errors)))) => (form.failed(errors, self.has_begun), false),
            Ok(Some(None)) => (form.complete().to_owned(), true),
            Ok(Some(Some(Happening::Denied(denied)))) => {
                (form.broken(&Refusal::from(denied), self.request_id.as_str())?, true)
            }
            // Nobody tells anything any more: this process goes.
            Ok(None) => (form.broken(&Refusal::stopping(), self.request_id.as_str())?, true),
        };
        Some((Ok(frame), (!is_last).then_some(self)))
    }
}
