use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, BookingRoundId, ConversationId, PersonId, SlotId, StudentId};

/// The conversation that was booked in a slot.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "slot_booking")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot_id: SlotId,
    pub board_id: BoardId,
    pub round_id: BookingRoundId,
    pub student_id: StudentId,
    pub teacher_id: PersonId,
    /// Who booked it, or for whom it was booked.
    pub guardian_id: PersonId,
    /// The guardian who talks apart from the others, or [`TOGETHER`].
    pub party_id: PersonId,
    pub conversation_id: ConversationId,
    pub booked_at: DateTimeUtc,
}

/// In place of a guardian, for a family that comes together.
pub const TOGETHER: PersonId = PersonId(Uuid::nil());

impl ActiveModelBehavior for ActiveModel {}
