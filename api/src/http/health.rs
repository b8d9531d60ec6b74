//! `/health/live` and `/health/ready`, for whoever starts, stops and routes to this process.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::sync::watch;

use super::house::House;

/// A database that takes longer to say yes is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// Set when the process begins to stop: from then on it is not ready, and finishes what it has.
#[derive(Debug, Clone, Default)]
pub struct Stopping(Arc<watch::Sender<bool>>);

impl Stopping {
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    pub fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it has begun.
    pub(super) async fn begun(&self) {
        // The sender is held by `self`: it cannot be gone.
        let _ = self.0.subscribe().wait_for(|begun| *begun).await;
    }
}

pub(super) fn routes<H: House>(house: H, stopping: Stopping) -> Router {
    Router::new()
        .route("/health/live", get(|| async { "live\n" }))
        .route("/health/ready", get(ready::<H>))
        .with_state((house, stopping))
}

async fn ready<H: House>(State((house, stopping)): State<(H, Stopping)>) -> (StatusCode, &'static str) {
    if stopping.has_begun() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match tokio::time::timeout(PATIENCE, house.ready()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(fault)) => {
            tracing::warn!(cause = fault.0, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
        Err(_) => {
            tracing::warn!("not ready: no answer from the database");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}
