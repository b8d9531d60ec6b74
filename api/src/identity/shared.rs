//! What one process keeps for identity between requests.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use glans_entity::ids::{ApiClientId, SessionId};
use moka::future::Cache;

use super::keys::KeyRing;
use super::master_key::{MasterKey, MasterKeyError};
use super::passwords::hashing::{Hashing, HashingError};
use super::throttle::Turns;
use super::tokens::Issuer;
use super::tokens::known::KnownTokens;
use crate::access::ClientActor;
use crate::notifications::channels::ChannelsError;
use crate::platform::config::Config;

/// How long a session or client is believed to be live. What is revoked elsewhere is void within this time.
const KEPT: Duration = Duration::from_secs(2);
const LARGEST: u64 = 20_000;
/// However often wrong secrets of a client are tried, one line of the audit log tells of so long.
const REFUSED_ONCE_IN: Duration = Duration::from_mins(1);

/// Keys, the hashing pool and short memories. One per process.
pub struct Identity {
    pub master: Arc<MasterKey>,
    pub hashing: Hashing,
    pub keys: KeyRing,
    pub issuer: Issuer,
    pub known_tokens: KnownTokens,
    pub turns: Turns,
    /// Whether a session seen lately is live, and whose it is.
    pub sessions: Cache<SessionId, super::sessions::Liveness>,
    /// Clients seen lately; `None` for one that is revoked or unknown.
    pub clients: Cache<ApiClientId, Option<ClientActor>>,
    /// Clients of which the audit log holds a wrong secret of the last minute.
    pub refused_clients: Cache<ApiClientId, ()>,
}

/// Why identity cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("secret key: {0}")]
    MasterKey(#[from] MasterKeyError),
    #[error(
        "secret key: set GLANS_SECRET_KEY (or GLANS_SECRET_KEY_FILE) to 32 bytes in base64, because all servers on one PostgreSQL must share it; make one with `openssl rand -base64 32`"
    )]
    NoMasterKey,
    #[error("password hashing: {0}")]
    Hashing(#[from] HashingError),
    #[error("metrics: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    #[error(transparent)]
    Channels(#[from] ChannelsError),
}

impl Identity {
    /// With the secret key of `config`, or for an embedded database the one in its data directory.
    pub fn new(config: &Config) -> Result<Self, SetupError> {
        let public_url = config.public_url();
        Ok(Self {
            master: Arc::new(master_key(config)?),
            hashing: Hashing::new(available_parallelism().map_or(1, |cores| cores.get() / 2))?,
            keys: KeyRing::default(),
            issuer: Issuer { audience: format!("{public_url}/graphql"), name: public_url },
            known_tokens: KnownTokens::default(),
            turns: Turns::default(),
            sessions: Cache::builder().max_capacity(LARGEST).time_to_live(KEPT).build(),
            clients: Cache::builder().max_capacity(LARGEST).time_to_live(KEPT).build(),
            refused_clients: Cache::builder().max_capacity(LARGEST).time_to_live(REFUSED_ONCE_IN).build(),
        })
    }
}

/// The secret key of `config`; for an embedded database the one in its data directory, made where there is none.
///
/// # Errors
/// When it is missing, unreadable or malformed.
pub fn master_key(config: &Config) -> Result<MasterKey, SetupError> {
    match &config.secret_key {
        Some(text) => Ok(MasterKey::from_base64(text)?),
        None if config.database_url.starts_with("sqlite:") => Ok(MasterKey::in_directory(&config.data_dir)?),
        None => Err(SetupError::NoMasterKey),
    }
}

/// The file of the secret key that [`master_key`] would make; none where there is one, and where none is ever made.
pub fn missing_key(config: &Config) -> Option<PathBuf> {
    let lies_in_a_file = config.secret_key.is_none() && config.database_url.starts_with("sqlite:");
    let file = MasterKey::file_in(&config.data_dir);
    (lies_in_a_file && !file.exists()).then_some(file)
}
