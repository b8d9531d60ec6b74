use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::AttendanceStatus;
use crate::ids::{AttendanceId, BoardId, CohortId, MeetingId, PersonId, SchoolId, TeamSessionId};

/// What one person said or did about one occasion. Who was invited and said nothing yet has no row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "attendance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttendanceId,
    pub board_id: BoardId,
    pub cohort_id: CohortId,
    /// The school for which the person attends: who leads two schools has a row for each.
    pub school_id: SchoolId,
    /// Either a meeting or a team session.
    pub meeting_id: Option<MeetingId>,
    pub team_session_id: Option<TeamSessionId>,
    pub person_id: PersonId,
    pub status: AttendanceStatus,
    /// Whether the person belonged to those who were to come, as it was when the occasion was recorded.
    pub expected: bool,
    pub responded_at: Option<DateTimeUtc>,
    pub recorded_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
