use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ConcernStatus, ConcernUrgency};
use crate::ids::{BoardId, ConcernId, PersonId, SchoolId, StudentId};

/// A worry about a child, of staff or of a guardian.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "concern")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConcernId,
    pub board_id: BoardId,
    pub school_id: SchoolId,
    pub student_id: StudentId,
    pub raised_by: PersonId,
    /// Whether it was raised as staff.
    pub is_staff: bool,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub urgency: Option<ConcernUrgency>,
    /// Whether the guardians read what staff raised.
    pub shared: bool,
    pub status: ConcernStatus,
    pub acknowledged_at: Option<DateTimeUtc>,
    pub acknowledged_by: Option<PersonId>,
    pub resolved_at: Option<DateTimeUtc>,
    pub resolved_by: Option<PersonId>,
    /// What was done.
    #[sea_orm(column_type = "Text", nullable)]
    pub resolution: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
