use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, ClassGroupId, EnrolmentId, StudentId};

/// A place of a student in a class group.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "enrolment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EnrolmentId,
    pub board_id: BoardId,
    pub student_id: StudentId,
    pub class_group_id: ClassGroupId,
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
