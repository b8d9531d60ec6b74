use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, PersonId, StudentId};

/// Whether a guardian talks about a student apart from the other guardians.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "talk_choice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub student_id: StudentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub guardian_id: PersonId,
    pub board_id: BoardId,
    pub apart: bool,
    pub chosen_by: PersonId,
    pub chosen_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
