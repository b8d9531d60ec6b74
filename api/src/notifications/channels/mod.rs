//! The gateways, and what they answer.

pub mod apns;
mod content;
pub mod email;
pub mod fcm;
mod gateways;
mod jwt;
pub mod letter;
pub mod log;
pub mod web_push;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{AccountId, DeliveryId};
use glans_entity::notifications::{Category, PushPlatform};

pub use gateways::Gateways;

use self::email::{Mail, MailError};
use crate::identity::master_key::MasterKey;
use crate::platform::config::{Config, ConfigError};

/// All ways out. One per process.
pub struct Channels {
    pub gateways: Gateways,
    pub mail: Mail,
}

/// Why the ways out cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ChannelsError {
    #[error(transparent)]
    Gateways(#[from] ConfigError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Channels {
    /// As `config` says.
    ///
    /// # Errors
    /// When something is configured by half, or malformed.
    pub fn of(config: &Config, master: &MasterKey) -> Result<Self, ChannelsError> {
        Ok(Self { gateways: Gateways::of(config)?, mail: Mail::of(config, master)? })
    }
}

/// What is pushed to a device. It names no child and quotes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    pub delivery: DeliveryId,
    pub platform: PushPlatform,
    /// As the gateway knows the device.
    pub token: String,
    /// For whom it is: an app in which somebody else is signed in shows nothing.
    pub account: AccountId,
    /// TypeID of the notification; also what makes a second one take the place of the first.
    pub notification: String,
    /// TypeID of what to open.
    pub about: Option<String>,
    pub category: Category,
    /// In the language of the person.
    pub title: String,
    pub body: String,
    pub urgent: bool,
    /// Notifications that wait in the app, for its badge.
    pub unread: u64,
    /// When it is not worth showing any more.
    pub expires_at: DateTime<Utc>,
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The gateway took it.
    Sent,
    /// The address is dead, as of `since` where the gateway says so: a device that registered later is another one.
    Gone { since: Option<DateTime<Utc>>, why: String },
    /// It will never be taken, and the address is not to blame.
    Refused(String),
    /// Try again, not before `after` where the gateway says so.
    Later { after: Option<TimeDelta>, why: String },
    /// The gateway is out of order or does not know us: nothing was wrong with this one, and the next would fare no better.
    Down { after: Option<TimeDelta>, why: String },
}

/// A gateway for devices of one platform.
#[async_trait::async_trait]
pub trait Gateway: std::fmt::Debug + Send + Sync {
    /// One try. It ends within ten seconds.
    async fn push(&self, push: &Push, now: DateTime<Utc>) -> Verdict;
}
