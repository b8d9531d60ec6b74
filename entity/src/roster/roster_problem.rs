use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::RosterProblemSeverity;
use crate::ids::{BoardId, RosterImportId};

/// A problem in a row of an import.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "roster_problem")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: RosterImportId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub board_id: BoardId,
    #[sea_orm(column_type = "Text")]
    pub file: String,
    pub line: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub column_name: Option<String>,
    pub severity: RosterProblemSeverity,
    #[sea_orm(column_type = "Text")]
    pub message: String,
}

impl ActiveModelBehavior for ActiveModel {}
