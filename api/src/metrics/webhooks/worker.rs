//! The rounds of webhooks: making deliveries, and sending them.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::deliveries::sender::Sender;
use super::fan_out;
use crate::app::App;
use crate::platform::rounds::{A_MOMENT, for_ever};

/// Works until `stop` says so; then finishes what is being sent.
pub async fn run(app: Arc<App>, stop: watch::Receiver<bool>) {
    let mut rounds = JoinSet::new();
    let fans_out = Arc::clone(&app);
    rounds.spawn(for_ever("webhooks", move || fan_out::run(Arc::clone(&fans_out))));
    while !*stop.borrow() {
        let sender = match Sender::new(Arc::clone(&app)) {
            Ok(sender) => sender,
            Err(error) => {
                tracing::error!(?error, "webhooks cannot be sent, which is tried again");
                tokio::time::sleep(A_MOMENT).await;
                continue;
            }
        };
        let mut stop = stop.clone();
        let mut sending = JoinSet::new();
        sending.spawn(sender.run(async move {
            // An error means that whoever would say so is gone.
            let _ = stop.wait_for(|stop| *stop).await;
        }));
        if let Some(Err(error)) = sending.join_next().await {
            tracing::error!(%error, "sending webhooks broke off and begins anew; the rest goes when its leases run out");
            tokio::time::sleep(A_MOMENT).await;
        }
    }
    rounds.abort_all();
}
