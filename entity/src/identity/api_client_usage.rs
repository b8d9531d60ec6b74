use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{ApiClientId, BoardId};

/// What a client of an integrator asked for on a day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "api_client_usage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub client_id: ApiClientId,
    /// In the Netherlands.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    pub board_id: BoardId,
    pub requests: i64,
    /// Of the requests: those that were turned away.
    pub refused: i64,
    /// Points that were paid.
    pub cost: i64,
}

impl ActiveModelBehavior for ActiveModel {}
