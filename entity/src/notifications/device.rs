use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::PushPlatform;
use crate::ids::{AccountId, DeviceId, SessionId};

/// Where push notifications of a signed-in app go. It is worth nothing once the session is over.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "device")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeviceId,
    pub account_id: AccountId,
    pub session_id: SessionId,
    pub platform: PushPlatform,
    /// As the gateway knows the device; for Web Push the subscription as JSON.
    #[sea_orm(column_type = "Text")]
    pub token: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    pub registered_at: DateTimeUtc,
    pub last_seen_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
