//! The same mutation sent twice has one effect and one answer.
//!
//! The key is the `clientMutationId` of the input, per account or client, for seven days. The answer is written in the
//! transaction of the act, so there is no moment in which one is committed without the other.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Duration, Utc};
use glans_entity::platform::idempotency;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, SqlErr};

use super::error::{Error, Result, UserErrorCode, refuse};

/// How long an answer is kept.
pub const KEPT: Duration = Duration::days(7);
/// The longest key, in characters.
pub const KEY_LENGTH: usize = 128;

/// One mutation under its key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Who sends it, as TypeID.
    pub actor: String,
    /// The `clientMutationId`.
    pub key: String,
    /// The mutation field.
    pub field: String,
    /// SHA-256 of the canonical input.
    pub input_hash: Vec<u8>,
}

impl Key {
    /// Refuses an empty key, one that is too long, and control characters: PostgreSQL takes no NUL.
    pub fn new(actor: String, key: String, field: &str, canonical_input: &str) -> Result<Self> {
        if key.is_empty() || key.chars().count() > KEY_LENGTH {
            let message = format!("Give a clientMutationId of 1 to {KEY_LENGTH} characters, or leave it out.");
            return Err(refuse(UserErrorCode::Invalid, "clientMutationId", message));
        }
        if key.chars().any(char::is_control) {
            let message = "Leave line breaks and control characters out of the clientMutationId.";
            return Err(refuse(UserErrorCode::Invalid, "clientMutationId", message));
        }
        let input_hash = digest(&SHA256, canonical_input.as_bytes()).as_ref().to_vec();
        Ok(Self { actor, key, field: field.to_owned(), input_hash })
    }

    /// The answer of an earlier request under this key, if there was one within seven days.
    #[expect(clippy::disallowed_methods, reason = "an answer belongs to its actor, not to a board")]
    pub async fn answer(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Option<serde_json::Value>> {
        let row = idempotency::Entity::find_by_id((self.actor.clone(), self.key.clone())).one(db).await?;
        match row {
            Some(row) if row.created_at + KEPT <= now => {
                idempotency::Entity::delete_by_id((self.actor.clone(), self.key.clone())).exec(db).await?;
                Ok(None)
            }
            Some(row) if row.field == self.field && row.input_hash == self.input_hash => Ok(Some(row.answer)),
            Some(_) => Err(refuse(
                UserErrorCode::IdempotencyMismatch,
                "clientMutationId",
                "This clientMutationId was used with another input. Use a new one for a new act.",
            )),
            None => Ok(None),
        }
    }

    /// Keeps `answer` in the transaction of the act.
    pub async fn keep(&self, db: &impl ConnectionTrait, answer: serde_json::Value, now: DateTime<Utc>) -> Result<()> {
        let row = idempotency::ActiveModel {
            actor: Set(self.actor.clone()),
            key: Set(self.key.clone()),
            field: Set(self.field.clone()),
            input_hash: Set(self.input_hash.clone()),
            answer: Set(answer),
            created_at: Set(now),
        };
        let kept = idempotency::Entity::insert(row).exec_without_returning(db).await;
        kept.map(drop).map_err(|cause| match cause.sql_err() {
            // Another process was first, with the same request.
            Some(SqlErr::UniqueConstraintViolation(_)) => in_progress(),
            _ => cause.into(),
        })
    }
}

fn in_progress() -> Error {
    refuse(
        UserErrorCode::IdempotencyInProgress,
        "clientMutationId",
        "A request with this clientMutationId is still being worked on. Send it again in a moment.",
    )
}

/// Removes answers older than seven days; returns how many.
pub async fn prune(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let old = idempotency::Column::CreatedAt.lte(now - KEPT);
    Ok(idempotency::Entity::delete_many().filter(old).exec(db).await?.rows_affected)
}

/// The keys that this process is working on.
#[derive(Clone, Debug, Default)]
pub struct InProgress(Arc<Mutex<HashSet<(String, String)>>>);

/// Frees the key when dropped.
#[derive(Debug)]
pub struct Busy {
    keys: InProgress,
    key: (String, String),
}

impl InProgress {
    /// Takes the key, or refuses because another request holds it.
    pub fn begin(&self, key: &Key) -> Result<Busy> {
        let key = (key.actor.clone(), key.key.clone());
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone()) {
            return Ok(Busy { keys: self.clone(), key });
        }
        Err(in_progress())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.keys.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_line() {
        let is_taken = |key: &str| Key::new("account".to_owned(), key.to_owned(), "boardCreate", "{}").is_ok();
        assert!(is_taken("5f2 é"));
        for wrong in ["", "a\0b", "a\nb", &"k".repeat(KEY_LENGTH + 1)] {
            assert!(!is_taken(wrong), "{wrong:?}");
        }
    }
}
