//! `glans outbox`

use clap::Subcommand;

use super::{Failure, open};
use crate::notifications::dead;
use crate::platform::config::Config;

/// What was given up.
#[derive(Debug, Subcommand)]
pub(super) enum Outbox {
    /// List events that nobody could be told of, and deliveries that were given up.
    Dead,
    /// Try all of them again, as if they were new.
    Replay,
}

pub(super) async fn run(config: Config, what: Outbox) -> Result<(), Failure> {
    let app = open::known(config).await?;
    match what {
        Outbox::Dead => {
            let dead = dead::all(&app).await?;
            for event in &dead.events {
                let cause = event.failure.as_deref().unwrap_or_default();
                say!("event {}\t{}\t{} tries\t{cause}", event.seq, event.kind, event.attempts);
            }
            for delivery in &dead.deliveries {
                let cause = delivery.failure.as_deref().unwrap_or_default();
                say!("{}\t{:?}\t{} tries\t{cause}", delivery.id, delivery.channel, delivery.attempts);
            }
            say!("{} events and {} deliveries were given up", dead.events.len(), dead.deliveries.len());
        }
        Outbox::Replay => {
            let (events, deliveries) = dead::replay_all(&app).await?;
            say!("{events} events and {deliveries} deliveries are tried again");
        }
    }
    Ok(())
}
