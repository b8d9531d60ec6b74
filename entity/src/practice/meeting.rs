use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::OccasionStatus;
use crate::ids::{BoardId, CohortId, MeetingId};

/// A meeting of a cohort with its trainers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "meeting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MeetingId,
    pub board_id: BoardId,
    pub cohort_id: CohortId,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub location: Option<String>,
    pub status: OccasionStatus,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub recorded_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
