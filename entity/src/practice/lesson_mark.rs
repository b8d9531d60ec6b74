use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::MarkKind;
use crate::ids::{BoardId, CohortId, LessonId, LessonMarkId, PersonId, SchoolCohortId, SchoolId};

/// A decision about a lesson at a school that no occasion tells: it is skipped, or taken up again.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "lesson_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LessonMarkId,
    pub board_id: BoardId,
    pub cohort_id: CohortId,
    pub cohort_school_id: SchoolCohortId,
    pub school_id: SchoolId,
    pub lesson_id: LessonId,
    pub kind: MarkKind,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub made_by: Option<PersonId>,
    pub made_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
