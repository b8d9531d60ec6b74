//! Listening, and stopping without dropping anybody.

use std::future::pending;
use std::io;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::connections::{self, PATIENCE, Patience};
use super::health::Stopping;

/// How a process stops.
#[derive(Debug, Clone, Copy)]
struct Grace {
    /// How long it says "not ready" while it still takes requests, so that routers notice first.
    notice: Duration,
    /// After this much more, what still runs is dropped.
    drain: Duration,
}

/// 28 s in all: below the 30 s that a supervisor usually waits.
const GRACE: Grace = Grace { notice: Duration::from_secs(2), drain: Duration::from_secs(26) };

/// SIGTERM and SIGINT. From its making on they no longer kill the process: make it before anybody is told to come.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Takes both signals over.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn register() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next of either; one that came before is given at once.
    pub async fn next(&mut self) {
        tokio::select! { _ = self.interrupt.recv() => {}, _ = self.terminate.recv() => {} }
    }

    /// What `work` comes to; none when a signal came first, and the work ended there.
    pub async fn unless<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! { done = work => Some(done), () = self.next() => None }
    }
}

/// Serves until a signal, then finishes what it has. A second signal cuts the waiting short.
pub async fn serve(listener: TcpListener, router: Router, stopping: Stopping, mut signals: Signals) {
    serve_until(listener, router, stopping, (GRACE, PATIENCE), async || signals.next().await).await;
}

/// Serves as [`serve`] does, and hears no signal: for a server inside of a process that is about something else. It takes
/// no more connections when it is dropped.
pub async fn keep_serving(listener: TcpListener, router: Router) {
    connections::take(listener, router, PATIENCE, pending()).await;
}

async fn serve_until(
    listener: TcpListener,
    router: Router,
    stopping: Stopping,
    (grace, patience): (Grace, Patience),
    mut signal: impl AsyncFnMut(),
) {
    let (stop, mut stopped) = watch::channel(false);
    let serving = connections::take(listener, router, patience, async move {
        // An error means that the sender is gone: that is a stop too.
        let _ = stopped.wait_for(|stop| *stop).await;
    });
    let watching = async move {
        signal().await;
        stopping.begin();
        tracing::info!("stopping: no longer ready, finishing what is running");
        tokio::select! { () = tokio::time::sleep(grace.notice) => {}, () = signal() => {} }
        stop.send_replace(true);
        tokio::select! { () = tokio::time::sleep(grace.drain) => {}, () = signal() => {} }
        tracing::warn!("stopping: dropping what is still running");
    };
    tokio::select! { () = serving => {}, () = watching => {} }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::time::Instant;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    const SOON: Duration = Duration::from_millis(100);

    /// A server whose `/slow` takes `slow`, the signal that stops it, and its end.
    async fn start(slow: Duration, drain: Duration) -> (SocketAddr, Arc<Notify>, Stopping, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/slow", get(async move || tokio::time::sleep(slow).await));
        let (signal, stopping) = (Arc::new(Notify::new()), Stopping::default());
        let (heard, grace) = (Arc::clone(&signal), Grace { notice: SOON, drain });
        let patience = Patience { first: SOON, next: SOON * 3 };
        let serving = serve_until(listener, router, stopping.clone(), (grace, patience), move || {
            let heard = Arc::clone(&heard);
            async move { heard.notified().await }
        });
        (address, signal, stopping, tokio::spawn(serving))
    }

    async fn get_slow(address: SocketAddr) -> io::Result<String> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer.lines().next().unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn what_is_running_is_finished_and_nothing_new_is_taken() {
        let (address, signal, stopping, ended) = start(SOON * 5, SOON * 50).await;
        let running = tokio::spawn(get_slow(address));
        tokio::time::sleep(SOON).await;
        signal.notify_one();
        tokio::time::sleep(SOON / 2).await;
        assert!(stopping.has_begun());
        assert!(TcpStream::connect(address).await.is_ok(), "during the notice requests are still taken");
        assert_eq!(running.await.unwrap().unwrap(), "HTTP/1.1 200 OK");
        ended.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn what_never_ends_is_dropped() {
        let (address, signal, _, ended) = start(Duration::from_hours(1), SOON).await;
        let running = tokio::spawn(get_slow(address));
        tokio::time::sleep(SOON).await;
        let start = Instant::now();
        signal.notify_one();
        ended.await.unwrap();
        assert!(start.elapsed() < SOON * 20);
        assert!(!running.is_finished(), "its task ends with the runtime");
        running.abort();
    }
}
