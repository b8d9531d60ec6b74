use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::LessonPurpose;
use crate::ids::{BoardId, CohortId, LessonId, MeetingId};

/// A lesson that a meeting prepares or reviews.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "meeting_lesson")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub meeting_id: MeetingId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub lesson_id: LessonId,
    pub board_id: BoardId,
    pub cohort_id: CohortId,
    pub purpose: LessonPurpose,
    /// Counts the lessons of the meeting in the order of the course, from 0.
    pub position: i32,
}

impl ActiveModelBehavior for ActiveModel {}
