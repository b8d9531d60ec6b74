//! HTTP/1 and HTTP/2 with prior knowledge on one port, for as long as the gateways live.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use super::call::{Call, Cut, fares};
use super::state::State;
use super::{apns, fcm, hooks, web_push};

const BACKLOG: u32 = 1_024;
const STREAMS: u32 = 1_000;
const BODY_MAX: usize = 64 * 1024;

pub(super) fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("a socket that shares its port");
    socket.bind(address).expect("a free port");
    socket
}

pub(super) async fn serve(address: SocketAddr, mut alive: watch::Receiver<bool>, state: Arc<State>) {
    while alive.wait_for(|alive| *alive).await.is_ok() {
        let listener = bound(address).listen(BACKLOG).expect("a port of our own");
        if accept(&listener, alive.clone(), &state).await.is_err() {
            return;
        }
    }
}

/// Until the gateways die; an error once their test is over.
async fn accept(
    listener: &TcpListener,
    mut alive: watch::Receiver<bool>,
    state: &Arc<State>,
) -> Result<(), watch::error::RecvError> {
    loop {
        let death = alive.clone();
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted.expect("a listener that accepts");
                tokio::spawn(connection(stream, death, Arc::clone(state)));
            }
            died = alive.wait_for(|alive| !*alive) => return died.map(|_| ()),
        }
    }
}

async fn connection(stream: TcpStream, mut alive: watch::Receiver<bool>, state: Arc<State>) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http2().max_concurrent_streams(STREAMS);
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { answer(&state, request).await }
    });
    tokio::select! {
        // A client that leaves in the middle is none of our faults.
        _ = builder.serve_connection(TokioIo::new(stream), service) => {}
        _ = alive.wait_for(|alive| !*alive) => {}
    }
}

async fn answer(state: &State, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), BODY_MAX).await.map_err(|_| Cut)?;
    let path = parts.uri.path().to_owned();
    let call = Call { parts, body };
    if call.parts.method == Method::POST {
        if path == fcm::TOKEN_PATH {
            state.wait(false).await;
            return Ok(fcm::grant(state, &call));
        }
        if path == fcm::SEND_PATH {
            return fares(state, &fcm::Fcm, &call).await;
        }
        if path.starts_with(apns::DEVICE_PATH) {
            return fares(state, &apns::Apns, &call).await;
        }
        if path.starts_with(web_push::PUSH_PATH) {
            return fares(state, &web_push::WebPush, &call).await;
        }
        if path.starts_with(hooks::PATH) {
            return hooks::receive(state, &call).await;
        }
    }
    state.ledger.fault(format!("{} {path} leads nowhere", call.parts.method));
    let mut nowhere = Response::new(Body::empty());
    *nowhere.status_mut() = StatusCode::NOT_FOUND;
    Ok(nowhere)
}
