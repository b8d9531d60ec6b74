use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ExperienceKind, ExperienceVisibility};
use crate::ids::{BoardId, CohortId, ExperienceId, LessonId, MeetingId, PersonId, SchoolCohortId, SchoolId};

/// What somebody of a school went through with a lesson.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "experience")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExperienceId,
    pub board_id: BoardId,
    pub cohort_id: CohortId,
    pub cohort_school_id: SchoolCohortId,
    pub school_id: SchoolId,
    pub lesson_id: LessonId,
    pub author_id: PersonId,
    pub kind: ExperienceKind,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub visibility: ExperienceVisibility,
    /// When others than the own school first saw it.
    pub shared_at: Option<DateTimeUtc>,
    /// The meeting that took it up.
    pub discussed_meeting_id: Option<MeetingId>,
    pub discussed_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
