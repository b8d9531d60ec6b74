//! What happens at its time without anybody asking for it, while the process serves.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::engagement::announcements;
use crate::platform::error::Result;

/// Well under the minute within which something is to happen.
const EVERY: Duration = Duration::from_secs(20);

/// Goes round as long as the process serves. A round that fails is logged, and the next one tries again.
pub async fn run(app: Arc<App>) {
    let mut rounds = tokio::time::interval(EVERY);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = round(&app).await {
            tracing::error!(?error, "what was due did not happen and is tried again");
        }
    }
}

/// One round: how many announcements appeared.
pub async fn round(app: &Arc<App>) -> Result<usize> {
    announcements::due::publish(app).await
}
