//! Connections: taken one after another, and closed when nothing comes of them.
//!
//! A socket costs a descriptor, of which a process has few. Who opens one and asks nothing, or stops in the middle of a
//! header, is sent away: else a thousand such would shut the server for everybody (slow loris).

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// How long connections may be silent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Until the header of the first request is there.
    pub(super) first: Duration,
    /// From one request over HTTP/1 to the end of the next one's header. Proxies keep a connection for a minute and must not
    /// find it closed. Over HTTP/2 nobody is waited for who answers no ping for so long.
    pub(super) next: Duration,
}

/// As a server has it.
pub(super) const PATIENCE: Patience = Patience { first: Duration::from_secs(10), next: Duration::from_secs(75) };
/// No descriptors left: some come back while this passes.
const EXHAUSTED: Duration = Duration::from_secs(1);

/// Takes connections until `stopped`, then finishes the requests that are running.
pub(super) async fn take(listener: TcpListener, router: Router, patience: Patience, stopped: impl Future<Output = ()>) {
    let open = GracefulShutdown::new();
    let builder = Arc::new(builder(patience));
    tokio::pin!(stopped);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut stopped => break,
        };
        let connection = attend(Arc::clone(&builder), stream, peer, router.clone(), patience.first, open.watcher());
        tokio::spawn(connection);
    }
    drop(listener);
    open.shutdown().await;
}

fn builder(patience: Patience) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience.next);
    let mut http2 = builder.http2();
    http2.timer(TokioTimer::new()).keep_alive_interval(patience.next).keep_alive_timeout(patience.next);
    // WebSockets over HTTP/2.
    http2.enable_connect_protocol();
    builder
}

/// The next connection. What went wrong with one is no reason to stop taking others.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot take a connection");
                sleep(EXHAUSTED).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Serves one connection until it ends, or its first request does not come.
async fn attend(
    builder: Arc<Builder<TokioExecutor>>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    patience: Duration,
    watcher: Watcher,
) {
    let asked = Arc::new(Notify::new());
    let service = answering(router, peer, Arc::clone(&asked));
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    let silent = async {
        if timeout(patience, asked.notified()).await.is_ok() {
            pending::<()>().await;
        }
    };
    tokio::select! {
        ended = watcher.watch(connection.into_owned()) => {
            if let Err(error) = ended {
                tracing::trace!(%error, "a connection broke");
            }
        }
        () = silent => tracing::trace!("a connection on which nothing was asked"),
    }
}

/// The router for the requests of one connection, of which it says that one has come.
fn answering(
    router: Router,
    peer: SocketAddr,
    asked: Arc<Notify>,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send + 'static> + Clone {
    service_fn(move |request: Request<Incoming>| {
        asked.notify_one();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    })
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::Instant;

    use super::*;

    /// So far apart that a busy machine takes neither for the other.
    const PATIENCE: Patience = Patience { first: Duration::from_secs(1), next: Duration::from_secs(8) };
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    /// Of the preface of HTTP/2.
    const HALF_PREFACE: &[u8] = b"PRI * HTTP/2";

    async fn connected() -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()));
        tokio::spawn(take(listener, router, PATIENCE, pending()));
        TcpStream::connect(address).await.unwrap()
    }

    /// How long after `start` the server closed it, to which these bytes came.
    async fn closed_after(start: Instant, mut stream: TcpStream, bytes: &[u8]) -> Duration {
        stream.write_all(bytes).await.unwrap();
        let mut rest = Vec::new();
        timeout(Duration::from_mins(1), stream.read_to_end(&mut rest)).await.expect("it is closed").ok();
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "nothing was asked");
        start.elapsed()
    }

    #[tokio::test]
    async fn who_asks_nothing_is_sent_away() {
        for bytes in [b"".as_slice(), b"GET / HTTP/1.1\r\nhost: x\r\n", HALF_PREFACE] {
            let start = Instant::now();
            let waited = closed_after(start, connected().await, bytes).await;
            assert!(waited >= PATIENCE.first, "{:?} had {waited:?}", String::from_utf8_lossy(bytes));
            assert!(waited < PATIENCE.next, "{:?} had {waited:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[tokio::test]
    async fn who_asked_may_be_silent_for_longer_and_ask_again() {
        let mut stream = connected().await;
        let own = stream.local_addr().unwrap().to_string();
        let mut asked = Instant::now();
        for pause in [Duration::ZERO, PATIENCE.first * 2] {
            sleep(pause).await;
            asked = Instant::now();
            stream.write_all(REQUEST).await.unwrap();
            let mut answer = vec![0; 1024];
            let length = stream.read(&mut answer).await.unwrap();
            let answer = String::from_utf8_lossy(&answer[..length]);
            assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(&own), "{answer}");
        }
        let waited = closed_after(asked, stream, b"").await;
        assert!(waited >= PATIENCE.next, "{waited:?}");
    }
}
