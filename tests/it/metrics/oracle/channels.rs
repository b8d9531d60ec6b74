//! Whether there is a way to a guardian: an address that e-mail gets to, or an app that is in use.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::identity::account;
use glans_entity::ids::{AccountId, PersonId};
use glans_entity::notifications::{Channel, DeliveryState, delivery, device};
use glans_entity::people::person;
use sea_orm::EntityTrait;

use super::{Source, rows};

/// An app that was not seen for longer is in use no more.
const SEEN_WITHIN: TimeDelta = TimeDelta::days(90);

pub(super) struct Channels {
    now: DateTime<Utc>,
    people: Vec<person::Model>,
    accounts: Vec<account::Model>,
    deliveries: Vec<delivery::Model>,
    devices: Vec<device::Model>,
}

impl Channels {
    pub(super) async fn of(src: Source<'_>, now: DateTime<Utc>) -> Self {
        Self {
            now,
            people: rows::<person::Entity>(src, person::Column::BoardId).await,
            accounts: account::Entity::find().all(src.db).await.unwrap(),
            deliveries: rows::<delivery::Entity>(src, delivery::Column::BoardId).await,
            devices: device::Entity::find().all(src.db).await.unwrap(),
        }
    }

    fn login(&self, guardian: PersonId) -> Option<&account::Model> {
        let account = self.people.iter().find(|person| person.id == guardian)?.account_id?;
        self.accounts.iter().find(|row| row.id == account)
    }

    pub(super) fn has_signed_in(&self, guardian: PersonId) -> bool {
        self.login(guardian).is_some_and(|login| login.first_signed_in_at.is_some())
    }

    /// The address of a login was verified when it was made.
    pub(super) fn leads_to(&self, guardian: PersonId) -> bool {
        self.login(guardian).is_some_and(|login| !self.bounces(login.id) || self.has_app(login.id))
    }

    /// The last e-mail of the board that was taken or refused for good was refused.
    fn bounces(&self, account: AccountId) -> bool {
        let own = self.deliveries.iter().filter(|row| row.account_id == Some(account) && row.channel == Channel::Email);
        let answered = own.filter(|row| matches!(row.state, DeliveryState::Sent | DeliveryState::Failed));
        let last = answered.max_by_key(|row| row.finished_at);
        last.is_some_and(|row| row.state == DeliveryState::Failed)
    }

    fn has_app(&self, account: AccountId) -> bool {
        self.devices.iter().any(|row| row.account_id == account && row.last_seen_at >= self.now - SEEN_WITHIN)
    }
}
