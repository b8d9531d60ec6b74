//! That somebody wants no e-mail of some categories.

use chrono::{DateTime, Utc};
use glans_entity::ids::AccountId;
use glans_entity::notifications::channel_preference::{Column, Entity, Model};
use glans_entity::notifications::{Category, Channel};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};

use crate::platform::error::Result;

/// Whatever was chosen before.
pub async fn switch_off(
    db: &impl ConnectionTrait,
    account: AccountId,
    categories: &[Category],
    now: DateTime<Utc>,
) -> Result<()> {
    let rows = categories.iter().map(|&category| {
        let channel = Channel::Email;
        let row = Model { account_id: account, category, channel, enabled: false, updated_at: now };
        row.into_active_model().reset_all()
    });
    let instead = OnConflict::columns([Column::AccountId, Column::Category, Column::Channel])
        .update_columns([Column::Enabled, Column::UpdatedAt])
        .to_owned();
    Entity::insert_many(rows).on_conflict(instead).exec_without_returning(db).await?;
    Ok(())
}
