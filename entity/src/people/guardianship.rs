use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{GuardianAccess, GuardianRelationship, GuardianshipStatus};
use crate::ids::{BoardId, GuardianshipId, PersonId, StudentId};

/// The relation of a guardian to a student.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "guardianship")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GuardianshipId,
    pub board_id: BoardId,
    pub guardian_id: PersonId,
    pub student_id: StudentId,
    pub relationship: GuardianRelationship,
    pub access: GuardianAccess,
    pub status: GuardianshipStatus,
    pub contact_priority: Option<i32>,
    pub starts_on: Date,
    /// Inclusive.
    pub ends_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub source_id: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
