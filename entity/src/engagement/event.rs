use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::EventStatus;
use crate::ids::{BoardId, EventId, PersonId, SchoolId};

/// Something to come to.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub board_id: BoardId,
    /// The one school for which it is; none where it is for several.
    pub school_id: Option<SchoolId>,
    pub author_id: PersonId,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    #[sea_orm(column_type = "Text", nullable)]
    pub location: Option<String>,
    /// Guests at most.
    pub capacity: Option<i32>,
    /// Until when one answers.
    pub respond_by: Option<DateTimeUtc>,
    pub status: EventStatus,
    #[sea_orm(column_type = "Text", nullable)]
    pub cancel_reason: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
