//! The program on a socket.

use std::net::SocketAddr;
use std::sync::Arc;

use glans::app::App;
use glans::cli::router;
use glans::http::Stopping;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The server of a test, which starts with the first request.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) address: String,
    task: JoinHandle<()>,
}

impl Site {
    pub(crate) async fn start(app: &Arc<App>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        let router = router(app, Stopping::default()).expect("a sound configuration");
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let task = tokio::spawn(async move { axum::serve(listener, service).await.expect("a server that serves") });
        Self { address, task }
    }

    pub(crate) fn stop(self) {
        self.task.abort();
    }
}
