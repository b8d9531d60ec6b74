//! The inbox in the app: everything that a person is told, whatever else reaches them.

mod actions;
mod loaders;
mod mutation;
mod query;
mod store;
mod subscription;
pub mod types;

use chrono::TimeDelta;
use glans_entity::ids::AccountId;

pub use mutation::NotificationMutation;
pub use query::NotificationQuery;
pub use subscription::NotificationSubscription;
pub use types::Notification;

/// What is older is on no badge.
pub(super) const COUNTED: TimeDelta = TimeDelta::days(90);

/// What wakes those who follow the inbox of a login.
pub fn topic(account: AccountId) -> String {
    format!("notifications.{account}")
}
