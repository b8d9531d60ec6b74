use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, SchoolYearId};

/// A school year of a board: 1 August to 31 July.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "school_year")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SchoolYearId,
    pub board_id: BoardId,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    pub starts_on: Date,
    /// Inclusive.
    pub ends_on: Date,
    #[sea_orm(column_type = "Text", nullable)]
    pub source_id: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
