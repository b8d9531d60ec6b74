use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, CohortId, LessonId, SchoolCohortId, SchoolId};

/// A change of how far a lesson is at a school, in the order in which they happened in its cohort.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "lesson_event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub board_id: BoardId,
    pub cohort_id: CohortId,
    pub cohort_school_id: SchoolCohortId,
    pub school_id: SchoolId,
    pub lesson_id: LessonId,
    /// The [progress](super::lesson_progress::Model) as it was then.
    #[sea_orm(column_type = "JsonBinary")]
    pub progress: Json,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
