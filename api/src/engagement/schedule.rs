//! What happens at its time without anybody asking for it, while the process serves.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior};

use crate::app::App;
use crate::engagement::{announcements, conversations, custody, threads};
use crate::platform::error::Result;
use crate::platform::rounds::in_vain;

/// A right that ends is to have its effect within five seconds, and what is due appears well within its minute.
pub(crate) const EVERY: Duration = Duration::from_secs(2);
/// How far a round looks back for rights that changed: a transaction may commit later than it was written.
const LOOKS_BACK: TimeDelta = TimeDelta::minutes(1);
/// How often all rights are looked at: a day that passes ends some without anybody writing it.
const LOOKS_AT_ALL: TimeDelta = TimeDelta::minutes(10);

/// Goes round as long as the process serves. A round that fails is logged, and the next one tries again.
pub async fn run(app: Arc<App>) {
    let mut tasks = JoinSet::new();
    // What appears to thousands takes longer than a right may last that ends.
    tasks.spawn(end_rights(Arc::clone(&app)));
    tasks.spawn(let_appear(app));
    while tasks.join_next().await.is_some() {}
}

/// Everything once: how much happened. Rights are looked at that changed `since`; all of them where it is none.
pub async fn round(app: &Arc<App>, since: Option<DateTime<Utc>>) -> Result<usize> {
    let left = custody::take_leave(app, since).await?;
    let taken_on = threads::succession::take_on(app, since).await?;
    Ok(left + taken_on + due(app).await)
}

async fn end_rights(app: Arc<App>) {
    let mut rounds = rounds();
    let mut looked_at_all = DateTime::<Utc>::MIN_UTC;
    loop {
        rounds.tick().await;
        let now = app.clock.now();
        let all = looked_at_all + LOOKS_AT_ALL <= now;
        let since = (!all).then_some(now - LOOKS_BACK);
        let left = custody::take_leave(&app, since).await;
        let taken_on = threads::succession::take_on(&app, since).await;
        match left.and(taken_on) {
            Ok(_) if all => looked_at_all = now,
            Ok(_) => {}
            Err(error) => in_vain!(error, "rights that ended were not looked at, which is tried again"),
        }
    }
}

async fn let_appear(app: Arc<App>) {
    let mut rounds = rounds();
    loop {
        rounds.tick().await;
        due(&app).await;
    }
}

/// Lets appear what is due, each kind whatever becomes of the other: how much did.
async fn due(app: &Arc<App>) -> usize {
    let published = announcements::due::publish(app).await;
    let released = conversations::due::release(app).await;
    let appeared = [("announcements", published), ("conversations", released)].map(|(what, done)| {
        done.unwrap_or_else(|error| {
            in_vain!(error, what, "what was due did not appear and is tried again");
            0
        })
    });
    appeared.into_iter().sum()
}

fn rounds() -> Interval {
    let mut rounds = tokio::time::interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    rounds
}
