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

    /// Longer than a busy machine comes to nothing.
    const A_WHILE: Duration = Duration::from_secs(2);
    /// No test lasts as long.
    const LONG: Duration = Duration::from_mins(1);

    struct Server {
        address: SocketAddr,
        /// Stops it.
        signal: Arc<Notify>,
        /// Told of each request that it works at.
        asked: Arc<Notify>,
        stopping: Stopping,
        ended: JoinHandle<()>,
    }

    /// A server whose `/slow` takes `slow`.
    async fn start(slow: Duration, grace: Grace) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (signal, asked, stopping) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Stopping::default());
        let tells = Arc::clone(&asked);
        let works = move || {
            tells.notify_one();
            tokio::time::sleep(slow)
        };
        let router = Router::new().route("/slow", get(works));
        let heard = Arc::clone(&signal);
        let patience = Patience { first: LONG, next: LONG };
        let serving = serve_until(listener, router, stopping.clone(), (grace, patience), move || {
            let heard = Arc::clone(&heard);
            async move { heard.notified().await }
        });
        Server { address, signal, asked, stopping, ended: tokio::spawn(serving) }
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
        let server = start(A_WHILE * 2, Grace { notice: A_WHILE, drain: LONG }).await;
        let running = tokio::spawn(get_slow(server.address));
        server.asked.notified().await;
        server.signal.notify_one();
        while !server.stopping.has_begun() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(TcpStream::connect(server.address).await.is_ok(), "during the notice requests are still taken");
        assert_eq!(running.await.unwrap().unwrap(), "HTTP/1.1 200 OK");
        server.ended.await.unwrap();
        assert!(TcpStream::connect(server.address).await.is_err());
    }

    #[tokio::test]
    async fn what_never_ends_is_dropped() {
        let at_once = Duration::from_millis(100);
        let server = start(Duration::from_hours(1), Grace { notice: at_once, drain: at_once }).await;
        let running = tokio::spawn(get_slow(server.address));
        server.asked.notified().await;
        let start = Instant::now();
        server.signal.notify_one();
        server.ended.await.unwrap();
        assert!(start.elapsed() < LONG, "an hour is not waited for");
        assert!(!running.is_finished(), "its task ends with the runtime");
        running.abort();
    }
}
