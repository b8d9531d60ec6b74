//! The program on a socket.

use std::sync::Arc;

use glans::app::App;
use glans::cli::router;
use glans::http::{Stopping, keep_serving};
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
        Self { address, task: tokio::spawn(keep_serving(listener, router)) }
    }

    pub(crate) fn stop(self) {
        self.task.abort();
    }
}
