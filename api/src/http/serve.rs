//! Listening, and stopping without dropping anybody.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;

use super::health::Stopping;

/// How long a stopping process still says "not ready" while it takes requests, so that routers notice first.
const NOTICE: Duration = Duration::from_secs(2);
/// After this much more, what still runs is dropped. With the notice, 28 s in all: below the usual 30 s of grace.
const DRAIN: Duration = Duration::from_secs(26);

/// Serves until SIGTERM or SIGINT, then finishes what it has. A second signal stops at once.
pub async fn serve(listener: TcpListener, router: Router, stopping: Stopping) -> io::Result<()> {
    until(listener, router, stopping, signal).await
}

async fn until<F: Future<Output = ()> + Send + 'static>(
    listener: TcpListener,
    router: Router,
    stopping: Stopping,
    signal: impl Fn() -> F + Send + 'static,
) -> io::Result<()> {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut begun = stopped.clone();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        // Both ends of the channel live as long as this function: an error cannot come before a stop.
        let _ = begun.wait_for(|stop| *stop).await;
    });
    let watching = async move {
        signal().await;
        stopping.begin();
        tracing::info!("stopping: no longer ready, finishing what is running");
        tokio::select! { () = tokio::time::sleep(NOTICE) => {}, () = signal() => {} }
        stop.send_replace(true);
        tokio::select! { () = tokio::time::sleep(DRAIN) => {}, () = signal() => {} }
        tracing::warn!("stopping: dropping what is still running");
    };
    tokio::select! {
        ended = serving => ended,
        () = watching => Ok(()),
    }
}

async fn signal() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "SIGINT cannot be watched");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut stream) => drop(stream.recv().await),
            Err(error) => {
                tracing::error!(%error, "SIGTERM cannot be watched");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
