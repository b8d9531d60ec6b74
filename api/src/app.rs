//! What one process shares between its requests.

use std::sync::Arc;

use crate::access::Standings;
use crate::identity::clients::usage::Usage;
use crate::identity::{Identity, SetupError};
use crate::metrics::queries::Noted;
use crate::notifications::channels::Channels;
use crate::people::access_log::Journal;
use crate::platform::bus::Bus;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::db::Database;
use crate::platform::idempotency::InProgress;
use crate::platform::metrics::Metrics;
use crate::platform::opaque::Opaque;
use crate::programme::Library;
use crate::roster::Progress;
use crate::uploads::Arriving;

/// The process.
pub struct App {
    pub config: Config,
    pub db: Database,
    pub clock: Clock,
    pub standings: Opaque<Standings>,
    pub in_progress: InProgress,
    pub identity: Opaque<Identity>,
    /// Published courses, shaped once.
    pub courses: Opaque<Library>,
    pub imports: Progress,
    /// Wakes those who follow something.
    pub bus: Opaque<Bus>,
    /// The ways out to people.
    pub channels: Opaque<Channels>,
    /// Figures for who operates it.
    pub metrics: Opaque<Metrics>,
    /// What API clients asked for, until it is written down.
    pub usage: Usage,
    /// What was asked of engagement metrics, until it is written down.
    pub metric_queries: Noted,
    /// Uploads that are being taken in.
    pub arriving: Arriving,
    /// Who opened whose record, until it is written down.
    pub access_log: Journal,
}

impl App {
    /// A process over an open database.
    ///
    /// # Errors
    /// When the secret key is missing, unreadable or malformed, or a gateway is configured by half.
    pub fn new(config: Config, db: Database, clock: Clock) -> Result<Arc<Self>, SetupError> {
        let identity = Identity::new(&config)?;
        Ok(Arc::new(Self {
            channels: Opaque::new(Channels::of(&config, &identity.master).map_err(SetupError::from)?),
            identity: Opaque::new(identity),
            bus: Opaque::new(Bus::of(&config, &db)),
            metrics: Opaque::new(Metrics::new(config.metrics_listen.is_some())?),
            config,
            db,
            clock,
            standings: Opaque::default(),
            in_progress: InProgress::default(),
            courses: Opaque::default(),
            imports: Progress::default(),
            usage: Usage::default(),
            metric_queries: Noted::default(),
            arriving: Arriving::default(),
            access_log: Journal::default(),
        }))
    }
}
