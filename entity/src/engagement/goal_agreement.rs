use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, GoalId, PersonId, StudentId};

/// Somebody who agrees to a goal.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "goal_agreement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub goal_id: GoalId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    pub board_id: BoardId,
    pub student_id: StudentId,
    pub is_staff: bool,
    pub agreed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
