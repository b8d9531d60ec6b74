//! What goes on without a request: in the server, or in processes of its own.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::app::App;
use crate::engagement::schedule;
use crate::engagement::threads::post;
use crate::metrics::exports;
use crate::metrics::rollups;
use crate::metrics::webhooks;
use crate::notifications;
use crate::upkeep;

/// The rounds of a process. Any number of processes may have them: what one has under its hands the others leave alone.
pub struct Background {
    rounds: JoinSet<()>,
    notifications: JoinHandle<()>,
    webhooks: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Background {
    /// Starts them.
    pub fn start(app: &Arc<App>) -> Self {
        let mut rounds = JoinSet::new();
        rounds.spawn(schedule::run(Arc::clone(app)));
        rounds.spawn(post::run(Arc::clone(app)));
        rounds.spawn(upkeep::run(Arc::clone(app)));
        rounds.spawn(exports::run(Arc::clone(app)));
        rounds.spawn(rollups::run(Arc::clone(app)));
        let (stop, stopped) = watch::channel(false);
        let notifications = tokio::spawn(notifications::worker::run(Arc::clone(app), stopped.clone()));
        let webhooks = tokio::spawn(webhooks::worker::run(Arc::clone(app), stopped));
        Self { rounds, notifications, webhooks, stop }
    }

    /// Ends them. What is being sent is sent, and its leases are given back.
    pub async fn end(mut self) {
        self.stop.send_replace(true);
        for sending in [self.notifications, self.webhooks] {
            if let Err(error) = sending.await {
                tracing::error!(%error, "sending broke off; what it had in hand is sent when its leases run out");
            }
        }
        self.rounds.shutdown().await;
    }
}
