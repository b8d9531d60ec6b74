use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::AttendeeStatus;
use crate::ids::{BoardId, ConversationId, PersonId, StudentId};

/// Somebody at a conversation, or invited to it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "conversation_attendee")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    pub board_id: BoardId,
    pub student_id: StudentId,
    pub is_staff: bool,
    pub status: AttendeeStatus,
    pub responded_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
