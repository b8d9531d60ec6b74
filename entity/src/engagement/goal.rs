use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, GoalId, PartnershipId, PersonId, StudentId};

/// A goal of a student for a school year.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "goal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GoalId,
    pub board_id: BoardId,
    pub partnership_id: PartnershipId,
    pub student_id: StudentId,
    pub author_id: PersonId,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Whether it was reached; none while nobody said.
    pub achieved: Option<bool>,
    pub marked_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
