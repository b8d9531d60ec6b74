use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::OccasionStatus;
use crate::ids::{BoardId, CohortId, LessonId, SchoolCohortId, SchoolId, TeamSessionId};

/// One school's team gets one lesson.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "team_session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TeamSessionId,
    pub board_id: BoardId,
    pub cohort_id: CohortId,
    pub cohort_school_id: SchoolCohortId,
    pub school_id: SchoolId,
    pub lesson_id: LessonId,
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
