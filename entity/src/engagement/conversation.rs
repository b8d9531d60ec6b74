use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ConversationMode, StepKind};
use crate::ids::{BoardId, ConversationId, PartnershipId, PersonId, SchoolId, StudentId};
use crate::practice::OccasionStatus;

/// A conversation about a student.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    pub board_id: BoardId,
    pub partnership_id: PartnershipId,
    pub student_id: StudentId,
    /// The school of the student when it was planned.
    pub school_id: SchoolId,
    /// Who leads it.
    pub staff_id: PersonId,
    /// Never GOALS: they follow from a conversation.
    pub kind: StepKind,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub mode: ConversationMode,
    #[sea_orm(column_type = "Text", nullable)]
    pub location: Option<String>,
    pub status: OccasionStatus,
    #[sea_orm(column_type = "Text", nullable)]
    pub cancel_reason: Option<String>,
    pub child_present: Option<bool>,
    #[sea_orm(column_type = "Text", nullable)]
    pub summary: Option<String>,
    /// From when on guardians see what was recorded.
    pub release_at: Option<DateTimeUtc>,
    /// When that was told to who follows; none where it was changed since.
    pub released_at: Option<DateTimeUtc>,
    pub recorded_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
