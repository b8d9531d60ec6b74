//! Events, written in the transaction of the act that they tell of. Delivery happens elsewhere, after the commit.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, PersonId};
use glans_entity::platform::outbox;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};
use serde_json::Value;

use super::error::{Error, Result};

/// What wakes those who tell of events.
pub const TOPIC: &str = "outbox";

/// What happened. The payload holds ids and no personal data.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Noun and past participle, as `school.moved`.
    pub kind: &'static str,
    pub payload: serde_json::Value,
}

impl Event {
    /// An event about one thing.
    pub fn about(kind: &'static str, id: impl std::fmt::Display) -> Self {
        Self { kind, payload: serde_json::json!({ "id": id.to_string() }) }
    }

    /// Says who did it: nobody is told of the own act.
    #[must_use]
    pub fn by(mut self, person: Option<PersonId>) -> Self {
        if let (Some(person), Some(payload)) = (person, self.payload.as_object_mut()) {
            payload.insert("by".to_owned(), person.to_string().into());
        }
        self
    }

    /// The id of what it is about.
    ///
    /// # Errors
    /// A fault where there is none of that kind.
    pub fn id<I: FromStr>(&self) -> Result<I> {
        self.perhaps("id").ok_or_else(|| self.fault("id"))
    }

    /// The id in a field that need not be there.
    pub fn perhaps<I: FromStr>(&self, field: &str) -> Option<I> {
        id_in(&self.payload, field)
    }

    /// The ids in a field.
    ///
    /// # Errors
    /// A fault where it is no list of such ids.
    pub fn all<I: FromStr>(&self, field: &str) -> Result<Vec<I>> {
        ids_in(&self.payload, field).ok_or_else(|| self.fault(field))
    }

    fn fault(&self, field: &str) -> Error {
        Error::fault(format!("an event of the kind {} without a proper `{field}`", self.kind))
    }
}

/// The id in a field of a payload; none where there is none of that kind.
pub fn id_in<I: FromStr>(payload: &Value, field: &str) -> Option<I> {
    payload.get(field)?.as_str()?.parse().ok()
}

/// The ids in a field of a payload; none where it is no list of ids of that kind.
pub fn ids_in<I: FromStr>(payload: &Value, field: &str) -> Option<Vec<I>> {
    payload.get(field)?.as_array()?.iter().map(|id| id.as_str()?.parse().ok()).collect()
}

/// Writes `event` in the caller's transaction.
pub async fn emit(
    db: &impl ConnectionTrait,
    board: Option<BoardId>,
    event: Event,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = outbox::ActiveModel {
        board_id: Set(board),
        kind: Set(event.kind.to_owned()),
        payload: Set(event.payload),
        at: Set(at),
        ..outbox::ActiveModel::default()
    };
    outbox::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}
