//! The table of guesses.

use chrono::{DateTime, Utc};
use glans_entity::identity::throttle::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::rules::Tally;
use crate::platform::error::Result;

/// The tally under `key`, locked until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, key: &[u8]) -> Result<Option<Tally>> {
    let row = Entity::find_by_id(key.to_vec()).lock_exclusive().one(db).await?;
    Ok(row.map(|row| Tally {
        guesses: u32::try_from(row.failures).unwrap_or_default(),
        first_at: row.first_at,
        blocked_until: row.blocked_until,
    }))
}

pub async fn put(db: &impl ConnectionTrait, key: &[u8], tally: Tally) -> Result<()> {
    let row = ActiveModel {
        key: Set(key.to_vec()),
        failures: Set(i32::try_from(tally.guesses).unwrap_or(i32::MAX)),
        first_at: Set(tally.first_at),
        blocked_until: Set(tally.blocked_until),
    };
    let replace = OnConflict::column(Column::Key)
        .update_columns([Column::Failures, Column::FirstAt, Column::BlockedUntil])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

pub async fn forget(db: &impl ConnectionTrait, key: &[u8]) -> Result<()> {
    Entity::delete_by_id(key.to_vec()).exec(db).await?;
    Ok(())
}

/// Removes what began before `limit` and blocks nobody any more; returns how many.
pub async fn prune(db: &impl ConnectionTrait, limit: DateTime<Utc>) -> Result<u64> {
    let idle = Column::BlockedUntil.is_null().or(Column::BlockedUntil.lt(limit));
    Ok(Entity::delete_many().filter(Column::FirstAt.lt(limit).and(idle)).exec(db).await?.rows_affected)
}
