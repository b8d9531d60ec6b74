use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::BoardId;

/// A school board, the tenant.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "board")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BoardId,
    /// *Bevoegd-gezag* number, five digits, in the national register.
    #[sea_orm(column_type = "Text", nullable)]
    pub number: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// IANA name, as `Europe/Amsterdam`.
    #[sea_orm(column_type = "Text")]
    pub time_zone: String,
    /// Metrics show no figure of fewer, if the board wishes more than the metrics do by themselves: 5 to 100.
    pub least_shown: Option<i32>,
    pub archived_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
