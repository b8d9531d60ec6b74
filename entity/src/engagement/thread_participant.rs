use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, PersonId, SchoolId, StudentId, ThreadId};

/// Somebody in a thread. Whether they still may read it is what they have of the child today.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "thread_participant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub thread_id: ThreadId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    pub board_id: BoardId,
    pub school_id: SchoolId,
    pub student_id: StudentId,
    pub is_staff: bool,
    pub joined_at: DateTimeUtc,
    /// The arrival of the last message that the person has read; none before the first.
    pub read_up_to: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
