//! The SQL of preferences.
#![expect(clippy::disallowed_methods, reason = "preferences belong to accounts, not to boards")]

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use glans_entity::ids::AccountId;
use glans_entity::notifications::{channel_preference, notification_settings};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use super::rules::Choice;
use super::wishes::{self, Wishes};
use crate::platform::error::Result;

/// What each of the accounts wants, in two statements. Who chose nothing is there too, with what is usual.
pub async fn of(db: &impl ConnectionTrait, accounts: &[AccountId]) -> Result<HashMap<AccountId, Wishes>> {
    let mut found: HashMap<_, _> = accounts.iter().map(|account| (*account, Wishes::usual(*account))).collect();
    let of = notification_settings::Column::AccountId.is_in(accounts.iter().copied());
    for settings in notification_settings::Entity::find().filter(of).all(db).await? {
        if let Some(wishes) = found.get_mut(&settings.account_id) {
            wishes.settings = settings;
        }
    }
    let of = channel_preference::Column::AccountId.is_in(accounts.iter().copied());
    for row in channel_preference::Entity::find().filter(of).all(db).await? {
        if let Some(wishes) = found.get_mut(&row.account_id) {
            wishes.chosen.insert((row.category, row.channel), row.enabled);
        }
    }
    Ok(found)
}

/// What one account wants.
pub(super) async fn of_one(db: &impl ConnectionTrait, account: AccountId) -> Result<Wishes> {
    Ok(of(db, &[account]).await?.remove(&account).unwrap_or_else(|| Wishes::usual(account)))
}

/// As [`of_one`]; nobody else changes it until the transaction ends. Who chose nothing before gets a row, which is the lock.
pub(super) async fn lock(db: &impl ConnectionTrait, account: AccountId) -> Result<Wishes> {
    use notification_settings::{Column, Entity};
    let if_absent = OnConflict::column(Column::AccountId).do_nothing().to_owned();
    let row = wishes::usual(account).into_active_model().reset_all();
    Entity::insert(row).on_conflict(if_absent).exec_without_returning(db).await?;
    Entity::find().filter(Column::AccountId.eq(account)).lock_exclusive().one(db).await?;
    // Read behind the lock: the choices are those of whoever had it before.
    of_one(db, account).await
}

/// Stores settings in the place of those that are locked.
pub(super) async fn put(db: &impl ConnectionTrait, row: notification_settings::Model) -> Result<()> {
    use notification_settings::{Column, Entity};
    let instead = OnConflict::column(Column::AccountId)
        .update_columns([Column::QuietFrom, Column::QuietUntil, Column::TimeZone, Column::Digest, Column::DigestHour])
        .update_columns([Column::UpdatedAt, Column::Version])
        .to_owned();
    Entity::insert(row.into_active_model().reset_all()).on_conflict(instead).exec_without_returning(db).await?;
    Ok(())
}

/// Stores choices, each in the place of an earlier one for the same category and channel.
pub(super) async fn choose(
    db: &impl ConnectionTrait,
    account: AccountId,
    choices: &[Choice],
    now: DateTime<Utc>,
) -> Result<()> {
    use channel_preference::{Column, Entity, Model};
    if choices.is_empty() {
        return Ok(());
    }
    let rows = choices.iter().map(|choice| {
        let Choice { category, channel, enabled } = *choice;
        Model { account_id: account, category, channel, enabled, updated_at: now }.into_active_model().reset_all()
    });
    let instead = OnConflict::columns([Column::AccountId, Column::Category, Column::Channel])
        .update_columns([Column::Enabled, Column::UpdatedAt])
        .to_owned();
    Entity::insert_many(rows).on_conflict(instead).exec_without_returning(db).await?;
    Ok(())
}
