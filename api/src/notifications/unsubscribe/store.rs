//! That somebody wants no e-mail of a category.

use chrono::{DateTime, Utc};
use glans_entity::ids::AccountId;
use glans_entity::notifications::channel_preference::{ActiveModel, Column, Entity, Model};
use glans_entity::notifications::{Category, Channel};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::platform::error::Result;

/// Whatever was chosen before.
pub async fn switch_off(
    db: &impl ConnectionTrait,
    account: AccountId,
    category: Category,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = Model { account_id: account, category, channel: Channel::Email, enabled: false, updated_at: now };
    let instead = OnConflict::columns([Column::AccountId, Column::Category, Column::Channel])
        .update_columns([Column::Enabled, Column::UpdatedAt])
        .to_owned();
    Entity::insert(ActiveModel::from(row)).on_conflict(instead).exec_without_returning(db).await?;
    Ok(())
}
