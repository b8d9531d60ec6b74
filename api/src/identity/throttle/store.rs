//! The table of guesses.
#![expect(clippy::disallowed_methods, reason = "guesses belong to no board")]

use chrono::{DateTime, Utc};
use glans_entity::identity::throttle::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::rules::Tally;
use crate::platform::error::Result;

pub async fn tally(db: &impl ConnectionTrait, key: &[u8]) -> Result<Option<Tally>> {
    Ok(Entity::find_by_id(key.to_vec()).one(db).await?.as_ref().map(tally_of))
}

/// The tally under `key`, locked until the transaction ends. The row is made first, because what is not there cannot be
/// locked and two that count at once would count as one.
pub async fn lock(db: &impl ConnectionTrait, key: &[u8], now: DateTime<Utc>) -> Result<Option<Tally>> {
    let empty = Tally { guesses: 0, first_at: now, blocked_until: None };
    let if_absent = OnConflict::column(Column::Key).do_nothing().to_owned();
    Entity::insert(into_row(key, empty)).on_conflict(if_absent).exec_without_returning(db).await?;
    Ok(Entity::find_by_id(key.to_vec()).lock_exclusive().one(db).await?.as_ref().map(tally_of))
}

pub async fn put(db: &impl ConnectionTrait, key: &[u8], tally: Tally) -> Result<()> {
    let replace = OnConflict::column(Column::Key)
        .update_columns([Column::Failures, Column::FirstAt, Column::BlockedUntil])
        .to_owned();
    Entity::insert(into_row(key, tally)).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

pub async fn forget(db: &impl ConnectionTrait, key: &[u8]) -> Result<()> {
    Entity::delete_by_id(key.to_vec()).exec(db).await?;
    Ok(())
}

/// Removes what began before `limit` and blocks nobody any more; returns how many.
pub async fn prune(db: &impl ConnectionTrait, limit: DateTime<Utc>) -> Result<u64> {
    let idle = Condition::any().add(Column::BlockedUntil.is_null()).add(Column::BlockedUntil.lt(limit));
    Ok(Entity::delete_many().filter(Column::FirstAt.lt(limit)).filter(idle).exec(db).await?.rows_affected)
}

fn tally_of(row: &Model) -> Tally {
    let guesses = u32::try_from(row.failures).unwrap_or_default();
    Tally { guesses, first_at: row.first_at, blocked_until: row.blocked_until }
}

fn into_row(key: &[u8], tally: Tally) -> ActiveModel {
    ActiveModel {
        key: Set(key.to_vec()),
        failures: Set(i32::try_from(tally.guesses).unwrap_or(i32::MAX)),
        first_at: Set(tally.first_at),
        blocked_until: Set(tally.blocked_until),
    }
}
