//! `glans metrics`

use clap::Subcommand;
use glans_entity::scope::Scope;

use super::{Failure, open};
use crate::call::today;
use crate::metrics::rollups;
use crate::platform::config::Config;

/// Figures of engagement.
#[derive(Debug, Subcommand)]
pub(super) enum Metrics {
    /// Make all figures anew from the facts.
    Rebuild,
}

pub(super) async fn run(config: Config, what: Metrics) -> Result<(), Failure> {
    let app = open::known(config).await?;
    match what {
        Metrics::Rebuild => {
            let everywhere = Scope::system(today(app.clock.now()));
            let boards = rollups::boards(&app.db.read(&everywhere).await?).await?;
            for board in &boards {
                rollups::rebuild(&app, *board).await?;
            }
            say!("the figures of {} boards were made anew", boards.len());
        }
    }
    Ok(())
}
