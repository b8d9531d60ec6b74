//! What one process shares between its requests.

use std::sync::Arc;

use crate::access::Standings;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::db::Database;
use crate::platform::idempotency::InProgress;
use crate::roster::Progress;

/// The process.
pub struct App {
    pub config: Config,
    pub db: Database,
    pub clock: Clock,
    pub standings: Standings,
    pub in_progress: InProgress,
    pub imports: Progress,
}

impl App {
    /// A process over an open database.
    pub fn new(config: Config, db: Database, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            config,
            db,
            clock,
            standings: Standings::default(),
            in_progress: InProgress::default(),
            imports: Progress::default(),
        })
    }
}
