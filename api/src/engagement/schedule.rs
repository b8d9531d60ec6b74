//! What happens at its time without anybody asking for it, while the process serves.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::engagement::{announcements, conversations, custody};
use crate::platform::error::Result;

/// A right that ends is to have its effect within five seconds, and what is due appears well within its minute.
const EVERY: Duration = Duration::from_secs(2);
/// How far a round looks back for rights that changed: a transaction may commit later than it was written.
const LOOKS_BACK: TimeDelta = TimeDelta::minutes(1);
/// How often all rights are looked at: a day that passes ends some without anybody writing it.
const LOOKS_AT_ALL: TimeDelta = TimeDelta::minutes(10);

/// Goes round as long as the process serves. A round that fails is logged, and the next one tries again.
pub async fn run(app: Arc<App>) {
    let mut rounds = tokio::time::interval(EVERY);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut looked_at_all = DateTime::<Utc>::MIN_UTC;
    loop {
        rounds.tick().await;
        let now = app.clock.now();
        let all = looked_at_all + LOOKS_AT_ALL <= now;
        match round(&app, (!all).then_some(now - LOOKS_BACK)).await {
            Ok(_) if all => looked_at_all = now,
            Ok(_) => {}
            Err(error) => tracing::error!(?error, "what was due did not happen and is tried again"),
        }
    }
}

/// One round: how much happened. Rights are looked at that changed `since`; all of them where it is none.
pub async fn round(app: &Arc<App>, since: Option<DateTime<Utc>>) -> Result<usize> {
    let published = announcements::due::publish(app).await?;
    let released = conversations::due::release(app).await?;
    Ok(published + released + custody::take_leave(app, since).await?)
}
