use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, MessageId, PersonId, SchoolId, StudentId, ThreadId};

/// What somebody wrote in a thread. It is never edited.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub board_id: BoardId,
    pub thread_id: ThreadId,
    pub school_id: SchoolId,
    pub student_id: StudentId,
    pub author_id: PersonId,
    /// Whether the author wrote as staff.
    pub is_staff: bool,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub sent_at: DateTimeUtc,
    /// When others see it: at once, or when the next hours of the school begin. Of its own within the thread.
    pub arrives_at: DateTimeUtc,
    /// When the lists of those whom it reaches were told; none while it is held.
    pub announced_at: Option<DateTimeUtc>,
    /// When it turned out, at its arrival, that nobody at the school reads it any more.
    pub undeliverable_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
