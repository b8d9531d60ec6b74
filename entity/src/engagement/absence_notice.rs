use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::AbsenceReason;
use crate::ids::{AbsenceNoticeId, BoardId, PersonId, StudentId};

/// What a guardian says of days that a child does not come.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "absence_notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AbsenceNoticeId,
    pub board_id: BoardId,
    pub student_id: StudentId,
    pub guardian_id: PersonId,
    /// The begin of a day where no time was given.
    pub starts_at: DateTimeUtc,
    /// The end of a day where no time was given.
    pub ends_at: DateTimeUtc,
    pub has_start_time: bool,
    pub has_end_time: bool,
    pub reason: AbsenceReason,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    pub withdrawn_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
