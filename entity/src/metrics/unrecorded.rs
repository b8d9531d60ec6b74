use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::BoardId;

/// What happened while students of the board were still to be counted, and what it counts for is not written down yet.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metric_unrecorded")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub board_id: BoardId,
    /// Of the event.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Ids only.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
