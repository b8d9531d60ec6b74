use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::WebhookDisabled;
use crate::ids::{ApiClientId, BoardId, WebhookEndpointId};
use crate::localized::Strings;

/// Where a client is told of what happened.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "webhook_endpoint")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookEndpointId,
    pub board_id: BoardId,
    pub client_id: ApiClientId,
    #[sea_orm(column_type = "Text")]
    pub url: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    /// Of which kinds of events, as `lesson.taught`.
    pub kinds: Strings,
    /// What deliveries are signed by, sealed.
    #[sea_orm(column_type = "Text")]
    pub secret: String,
    /// The one before it, which signs too until `previous_until`, sealed.
    #[sea_orm(column_type = "Text", nullable)]
    pub previous_secret: Option<String>,
    pub previous_until: Option<DateTimeUtc>,
    /// The first try that failed since the last one that did not.
    pub failing_since: Option<DateTimeUtc>,
    pub disabled_at: Option<DateTimeUtc>,
    pub disabled_because: Option<WebhookDisabled>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
