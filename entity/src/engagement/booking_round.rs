use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{BookingRoundStatus, ConversationMode, StepKind};
use crate::ids::{BoardId, BookingRoundId, SchoolId};

/// A time in which guardians book a conversation with a teacher.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "booking_round")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BookingRoundId,
    pub board_id: BoardId,
    pub school_id: SchoolId,
    /// Never GOALS: they follow from a conversation.
    pub kind: StepKind,
    pub opens_at: DateTimeUtc,
    /// So long before it opens, families with several children in it book.
    pub siblings_early_hours: i32,
    pub closes_at: DateTimeUtc,
    pub slot_minutes: i32,
    pub mode: ConversationMode,
    #[sea_orm(column_type = "Text", nullable)]
    pub location: Option<String>,
    pub status: BookingRoundStatus,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
