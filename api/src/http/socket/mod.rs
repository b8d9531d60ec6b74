//! `/graphql/ws`: many operations over one socket, by the protocol graphql-transport-ws.

mod conversation;
mod message;
mod origin;
mod queue;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use async_graphql::futures_util::stream::SplitSink;
use async_graphql::futures_util::{SinkExt, StreamExt};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::answer;
use super::endpoint::Endpoint;
use super::house::House;
use super::negotiate::MediaType;
use super::refusal::Refusal;
use super::request_id::RequestId;
use super::stream::Caller;
use super::walls;
use conversation::Conversation;
use message::Closing;
use queue::{Queued, queue};

const PROTOCOL: &str = "graphql-transport-ws";
const LARGEST_MESSAGE: usize = 64 * 1024;
/// Kept for every socket, however idle: messages of clients are small, and larger ones only take more turns.
const READ_AT_ONCE: usize = 1024;
/// How long a client may take for the closing handshake.
const FAREWELL: Duration = Duration::from_secs(2);

/// Takes the connection over, unless a page of a strange origin asks for it.
pub(super) async fn serve<S: Executor, H: House>(
    State(endpoint): State<Arc<Endpoint<S, H>>>,
    request: Request,
) -> Response {
    let (mut head, _) = request.into_parts();
    if !origin::allowed(&head.headers, &endpoint.settings.cors_origins) {
        return (StatusCode::FORBIDDEN, "Pages of this origin may not connect.\n").into_response();
    }
    if endpoint.stopping.has_begun() {
        let request_id = head.extensions.get::<RequestId>().map_or("", RequestId::as_str);
        return answer::refuse(&Refusal::stopping(), MediaType::Json, request_id);
    }
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut head, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let caller = Caller {
        address: walls::address(&head, endpoint.settings.behind_proxy),
        request_id: head.extensions.get::<RequestId>().cloned().unwrap_or_default(),
        headers: head.headers,
        by_get: false,
        without_deprecated: false,
    };
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_AT_ONCE)
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .on_upgrade(async move |socket| converse(endpoint, caller, socket).await)
}

async fn converse<S: Executor, H: House>(endpoint: Arc<Endpoint<S, H>>, caller: Caller, socket: WebSocket) {
    let acceptable = socket.protocol().is_some_and(|protocol| protocol == PROTOCOL);
    let (mut sink, mut frames) = socket.split();
    let (queue, queued) = queue();
    let closing = if acceptable {
        let conversation = Conversation::new(endpoint, caller, queue);
        tokio::select! {
            closing = conversation.held(&mut frames) => closing,
            () = write(&mut sink, queued) => Closing::GONE,
        }
    } else {
        Closing::SUBPROTOCOL
    };
    let frame = CloseFrame { code: closing.code, reason: closing.reason.into() };
    // To a client that is gone nothing can be said.
    let _ = tokio::time::timeout(FAREWELL, async {
        if sink.send(Message::Close(Some(frame))).await.is_err() {
            // A client that closes first hears nothing but the answer to that, which lies ready to be sent.
            sink.flush().await.ok()?;
        }
        while let Some(Ok(_)) = frames.next().await {}
        Some(())
    })
    .await;
}

/// Sends what is queued, until the connection breaks.
async fn write(sink: &mut SplitSink<WebSocket, Message>, mut queued: Queued) {
    while let Some(text) = queued.next().await {
        let bytes = text.len();
        if sink.send(Message::text(text)).await.is_err() {
            return;
        }
        queued.sent(bytes);
    }
    // The conversation has let go of the queue: it says itself how it ends.
    std::future::pending::<()>().await;
}
