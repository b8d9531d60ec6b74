//! What requests leave to be written down later, so that none waits for it: what API clients used, what was asked of
//! metrics, and lines of the access log that could not be written at once. It belongs to the process that answers, also where
//! `glans worker` does all else that goes on without a request.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use crate::app::App;
use crate::identity::clients::usage;
use crate::metrics::queries;
use crate::people::access_log;
use crate::platform::error::Result;
use crate::platform::rounds::in_vain;

/// What a process that is killed loses at most.
const EVERY: Duration = Duration::from_secs(3);
/// How long a process that stops goes on to try. One try may wait for the database for 8 seconds, and is not the last then.
const AT_LAST: Duration = Duration::from_secs(10);
/// Between two of these tries.
const PAUSE: Duration = Duration::from_millis(250);

/// The books of a process that answers requests.
#[derive(Debug)]
pub struct Books {
    rounds: JoinHandle<()>,
    close: oneshot::Sender<()>,
}

impl Books {
    /// From here on what requests leave is written every few seconds.
    pub fn open(app: &Arc<App>) -> Self {
        let (close, closed) = oneshot::channel();
        Self { rounds: tokio::spawn(run(Arc::clone(app), closed)), close }
    }

    /// Writes what is left. To be called when no request is answered any more.
    pub async fn close(self) {
        let Self { rounds, close } = self;
        // The rounds hear of it either way.
        drop(close);
        if let Err(error) = rounds.await {
            tracing::error!(%error, "the last seconds of what requests leave were not written down");
        }
    }
}

async fn run(app: Arc<App>, mut closed: oneshot::Receiver<()>) {
    let mut rounds = tokio::time::interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = rounds.tick() => {}
            _ = &mut closed => return finish(&app).await,
        }
        if let Err(error) = write(&app).await {
            in_vain!(error, "what requests leave could not be written down, which is tried again");
        }
    }
}

/// Writes what is left, and tells how much of it is lost.
async fn finish(app: &App) {
    let end = Instant::now() + AT_LAST;
    while let Err(error) = write(app).await {
        if Instant::now() >= end {
            let (requests, questions) = (app.usage.requests_waiting(), app.metric_queries.lines_waiting());
            let looks = app.access_log.lines_waiting();
            tracing::error!(?error, requests, questions, looks, "what requests left could not be written and is lost");
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Writes all that requests left until now. What cannot be written is kept.
pub async fn write(app: &App) -> Result<()> {
    let used = usage::write(app).await;
    let asked = queries::write(app).await;
    let looked = access_log::write(app).await;
    used.and(asked).and(looked)
}
