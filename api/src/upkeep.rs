//! What is done every hour: rows that nothing asks for any more go.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use crate::app::App;
use crate::call::Call;
use crate::identity::{passwords, sessions, throttle};
use crate::metrics::{exports, queries, webhooks};
use crate::notifications;
use crate::people::access_log;
use crate::platform::error::Result;
use crate::platform::following;
use crate::platform::idempotency;
use crate::practice::progress;
use crate::roster;
use crate::sync;
use crate::uploads;

const EVERY: Duration = Duration::from_hours(1);
/// How long guesses and spent reset codes are kept after they stopped to count.
const GUESSES_KEPT: TimeDelta = TimeDelta::days(2);
/// How long sessions that ended are kept, for who asks what happened.
const SESSIONS_KEPT: TimeDelta = TimeDelta::days(30);

/// How long the log of changes is kept: a day longer than the cursors that read it.
const CHANGES_KEPT: TimeDelta = TimeDelta::days(91);

/// How many rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    pub answers: u64,
    pub guesses: u64,
    pub resets: u64,
    pub sessions: u64,
    pub events: u64,
    pub changes: u64,
    pub told: u64,
    pub deliveries: u64,
    pub notifications: u64,
    pub metric_queries: u64,
    pub looks: u64,
    pub exports: u64,
    pub webhooks: u64,
    pub uploads: u64,
}

/// Goes round every hour, as long as the process serves. A round that fails is logged, and the next one tries again.
pub async fn run(app: Arc<App>) {
    let mut rounds = tokio::time::interval(EVERY);
    loop {
        rounds.tick().await;
        match round(&app).await {
            Ok(gone) => tracing::debug!(?gone, "upkeep"),
            Err(error) => tracing::error!(?error, "upkeep failed and tries again in an hour"),
        }
    }
}

/// One round.
pub async fn round(app: &Arc<App>) -> Result<Gone> {
    let call = Call::system(app, "upkeep");
    roster::give_up_abandoned(&call).await?;
    let exports = exports::prune(&call).await?;
    let now = call.now();
    let write = call.write().await?;
    let db = write.db();
    let gone = Gone {
        answers: idempotency::prune(db, now).await?,
        guesses: throttle::store::prune(db, now - GUESSES_KEPT).await?,
        resets: passwords::store::prune(db, now - GUESSES_KEPT).await?,
        sessions: sessions::store::prune(db, now - SESSIONS_KEPT).await?,
        events: progress::store::prune(db, now - following::KEPT).await?,
        changes: sync::store::prune(db, now - CHANGES_KEPT).await?,
        told: notifications::retention::events(db, now).await?,
        deliveries: notifications::retention::deliveries(db, now).await?,
        notifications: notifications::retention::notifications(db, now).await?,
        metric_queries: queries::prune(db, now - queries::KEPT).await?,
        looks: access_log::prune(db, now - access_log::KEPT).await?,
        exports,
        webhooks: webhooks::store::prune(db, now - webhooks::KEPT).await?,
        uploads: uploads::store::prune(db, now).await?,
    };
    write.commit().await?;
    Ok(gone)
}
