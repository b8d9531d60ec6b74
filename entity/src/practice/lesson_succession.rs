use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, CohortId, LessonId};

/// A lesson of an edition that a cohort followed before, and the one that took its place for the cohort.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "lesson_succession")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cohort_id: CohortId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub lesson_id: LessonId,
    /// A lesson of the edition that the cohort follows now.
    pub successor_id: LessonId,
    pub board_id: BoardId,
}

impl ActiveModelBehavior for ActiveModel {}
