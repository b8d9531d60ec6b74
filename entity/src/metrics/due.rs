use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, SchoolId};

/// That the cells of a school that cover a day are to be made anew.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metric_due")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub board_id: BoardId,
    pub school_id: SchoolId,
    pub day: Date,
    pub due_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
