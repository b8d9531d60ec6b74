use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::WebhookState;
use crate::ids::{BoardId, WebhookDeliveryId, WebhookEndpointId, WebhookEventId};

/// What carries an event to an endpoint.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookDeliveryId,
    pub board_id: BoardId,
    pub endpoint_id: WebhookEndpointId,
    pub event_id: WebhookEventId,
    /// As in the body of the event.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub state: WebhookState,
    pub attempts: i32,
    pub due_at: DateTimeUtc,
    /// Who sends it proves by this that it is still theirs to send.
    pub lease: Option<Uuid>,
    pub leased_until: Option<DateTimeUtc>,
    /// Of HTTP; none where the last try was not answered.
    pub last_status: Option<i32>,
    /// Why the last try failed: never an address or what the endpoint wrote.
    #[sea_orm(column_type = "Text", nullable)]
    pub failure: Option<String>,
    pub attempted_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
