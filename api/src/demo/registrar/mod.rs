//! Writes rows down with everything that the story does not care for: ids, instants, versions, mailboxes.

mod organisation;
mod people;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use glans_entity::identity::account;
use glans_entity::ids::AccountId;
use uuid::Uuid;

pub(super) use people::{Known, Place, Unregistered};

use super::calendar::Year;
use super::dice::Dice;
use super::names::{Name, mailbox};
use super::rows::Rows;

#[derive(Debug)]
pub(super) struct Registrar {
    pub(super) rows: Rows,
    /// When every row was made: the start of the school year, so that the rows stay the same until the next one.
    made_at: DateTime<Utc>,
    /// Ids are a millisecond apart, so that they sort as they were made.
    next_millisecond: u64,
    ids: Dice,
    mailboxes: HashMap<String, usize>,
    password_hash: &'static str,
}

impl Registrar {
    pub(super) fn new(year: Year, seed: u64, password_hash: &'static str) -> Self {
        let made_at = year.starts_at();
        Self {
            rows: Rows::default(),
            made_at,
            next_millisecond: u64::try_from(made_at.timestamp_millis()).unwrap_or_default(),
            ids: Dice::with_seed(!seed),
            mailboxes: HashMap::new(),
            password_hash,
        }
    }

    fn id(&mut self) -> Uuid {
        self.next_millisecond += 1;
        self.ids.uuid(self.next_millisecond)
    }

    /// An address under the domain that nobody has yet.
    pub(super) fn address(&mut self, name: &Name, domain: &str) -> String {
        let mailbox = mailbox(name);
        let taken = self.mailboxes.entry(mailbox.clone()).or_default();
        *taken += 1;
        match *taken {
            1 => format!("{mailbox}@{domain}"),
            number => format!("{mailbox}{number}@{domain}"),
        }
    }

    pub(super) fn account(&mut self, email: &str, language: &str) -> AccountId {
        let id = AccountId(self.id());
        self.rows.accounts.push(account::Model {
            id,
            email: email.to_owned(),
            password_hash: Some(self.password_hash.to_owned()),
            language: language.to_owned(),
            first_signed_in_at: Some(self.made_at),
            created_at: self.made_at,
            updated_at: self.made_at,
            version: 1,
        });
        id
    }
}
