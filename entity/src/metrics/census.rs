use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, SchoolId};

/// When it was looked last how all students of a school stand.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metric_census")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub school_id: SchoolId,
    pub board_id: BoardId,
    pub taken_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
