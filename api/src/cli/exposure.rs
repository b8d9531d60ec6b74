//! `/metrics`, on a listener of its own: figures are for who operates the server, not for its clients.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::time;

use super::Failure;
use crate::app::App;
use crate::http::keep_serving;

/// Prometheus' text format.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How often what was counted is put in order, whether or not somebody asks.
const TIDIED_EVERY: Duration = Duration::from_secs(5);

/// Where the figures will be read; bound before anything else is begun.
pub(super) async fn listener(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|cause| Failure::Failed(format!("cannot listen on {address}: {cause}; choose another metrics_listen")))
}

/// Shows the figures of `app` until it is dropped.
pub(super) async fn run(listener: TcpListener, app: Arc<App>) {
    tokio::join!(keep_serving(listener, routes(Arc::clone(&app))), tidied(&app));
}

async fn tidied(app: &App) {
    let mut ticks = time::interval(TIDIED_EVERY);
    loop {
        ticks.tick().await;
        app.metrics.tidy();
    }
}

fn routes(app: Arc<App>) -> Router {
    Router::new().route("/metrics", get(shown)).with_state(app)
}

async fn shown(State(app): State<Arc<App>>) -> Response {
    match app.metrics.exposed(&app.db) {
        Some(text) => ([(header::CONTENT_TYPE, FORMAT)], text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
