use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::ThreadStatus;
use crate::ids::{BoardId, PersonId, SchoolId, StudentId, ThreadId};

/// Messages between the staff of a school and guardians about one child.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "thread")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ThreadId,
    pub board_id: BoardId,
    /// Of the child when the thread began.
    pub school_id: SchoolId,
    pub student_id: StudentId,
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    pub started_by: PersonId,
    pub status: ThreadStatus,
    pub closed_at: Option<DateTimeUtc>,
    pub closed_by: Option<PersonId>,
    /// When the first message arrives: until then only who began it knows of it.
    pub opens_at: DateTimeUtc,
    /// When the last message was sent.
    pub last_sent_at: DateTimeUtc,
    /// When the last message arrived.
    pub last_at: DateTimeUtc,
    /// When the oldest message of a guardian arrived that staff has not answered.
    pub awaits_since: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
