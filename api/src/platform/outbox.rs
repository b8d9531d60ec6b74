//! Events, written in the transaction of the act that they tell of. Delivery happens elsewhere, after the commit.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, PersonId};
use glans_entity::platform::outbox;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};

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
