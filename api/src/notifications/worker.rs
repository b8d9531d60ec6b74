//! The rounds of notifications: telling, reminding, bundling, sending.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::deliveries::digests;
use super::deliveries::sender::Sender;
use super::{reminders, telling};
use crate::app::App;
use crate::platform::rounds::{A_MOMENT, for_ever, in_vain};

/// How often it is looked for what people are to be reminded of, and for digests.
const EVERY: Duration = Duration::from_secs(30);

/// Works until `stop` says so; then finishes what is being sent.
pub async fn run(app: Arc<App>, stop: watch::Receiver<bool>) {
    let mut rounds = JoinSet::new();
    let (tells, reminds) = (Arc::clone(&app), Arc::clone(&app));
    rounds.spawn(for_ever("telling", move || telling::run(Arc::clone(&tells))));
    rounds.spawn(for_ever("reminding", move || remind(Arc::clone(&reminds))));
    while !*stop.borrow() {
        let (sender, mut stop) = (Sender::new(Arc::clone(&app)), stop.clone());
        let mut sending = JoinSet::new();
        sending.spawn(sender.run(async move {
            // An error means that whoever would say so is gone.
            let _ = stop.wait_for(|stop| *stop).await;
        }));
        if let Some(Err(error)) = sending.join_next().await {
            tracing::error!(%error, "sending broke off and begins anew; what was under way is sent when its leases run out");
            tokio::time::sleep(A_MOMENT).await;
        }
    }
    rounds.abort_all();
}

async fn remind(app: Arc<App>) {
    let mut rounds = tokio::time::interval(EVERY);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut reminded, mut digested) = (reminders::Done::default(), digests::Done::default());
    loop {
        rounds.tick().await;
        if let Err(error) = reminders::round_after(&app, &mut reminded).await {
            in_vain!(error, "nobody was reminded, which is tried again");
        }
        if let Err(error) = digests::round_after(&app, &mut digested).await {
            in_vain!(error, "no digests were made up, which is tried again");
        }
    }
}
