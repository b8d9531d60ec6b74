use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::LessonStatus;
use crate::ids::{BoardId, CohortId, LessonId, SchoolCohortId, SchoolId};

/// How far a lesson is at a school: what the history tells, kept for reading. No row: nothing happened yet.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "lesson_progress")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cohort_school_id: SchoolCohortId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub lesson_id: LessonId,
    pub board_id: BoardId,
    pub cohort_id: CohortId,
    pub school_id: SchoolId,
    pub status: LessonStatus,
    pub prepared_at: Option<DateTimeUtc>,
    pub taught_at: Option<DateTimeUtc>,
    pub reflected_at: Option<DateTimeUtc>,
    pub discussed_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub skipped_reason: Option<String>,
    /// The moment from which a lesson that was not taught yet is overdue.
    pub due_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
