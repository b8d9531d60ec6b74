//! A line of the log.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::ids::PersonId;
use glans_entity::people::{self, access_log};
use sea_orm::ActiveEnum;

use super::loaders::ReaderName;
use crate::loaders;
use crate::people::persons::Person;
use crate::people::values::Role;
use crate::platform::error::Result;

pub struct AccessLogEntry(pub access_log::Model);

impl AccessLogEntry {
    fn person(&self) -> Option<PersonId> {
        self.0.reader.parse().ok()
    }
}

/// That a member of staff opened the record of a child or guardian: who and when, and nothing of what was read. Opened is
/// what was handed to the app of the one named, also when it fetched it to work without a network; names, schools and class
/// groups in a list open no record. Who opens the same record again within an hour of the clock stands here once.
#[Object]
impl AccessLogEntry {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The name to show of who opened it; a dash for who was erased since, null for who is not known any more.
    pub async fn reader_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(person) = self.person() else { return Ok(None) };
        loaders::one(ctx, ReaderName(person)).await
    }

    /// Who opened it; null when the viewer may not see them otherwise than by name.
    pub async fn reader(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(person) = self.person() else { return Ok(None) };
        Ok(loaders::one(ctx, person).await?.map(Person))
    }

    /// The roles that they held in the board then.
    pub async fn roles(&self) -> Vec<Role> {
        let known = self.0.roles.0.iter().filter_map(|name| people::Role::try_from_value(name).ok());
        known.map(Into::into).collect()
    }

    /// When it was opened, for the first time within the hour.
    pub async fn opened_at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// The request, as its answer named it in `X-Request-Id`: for who looks into what happened. An app may choose it, so that it
    /// proves nothing and need not be the only one of its name.
    pub async fn request_id(&self) -> &str {
        &self.0.request_id
    }
}
