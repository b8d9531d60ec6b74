use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Category, Channel};
use crate::ids::AccountId;

/// That somebody chose a channel for a category, or did not want it. Without a row the usual holds.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "channel_preference")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: Category,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: Channel,
    pub enabled: bool,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
