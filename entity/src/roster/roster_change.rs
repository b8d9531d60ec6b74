use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, RosterImportId};

/// A row before an import changed it, to roll it back.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "roster_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: RosterImportId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub board_id: BoardId,
    #[sea_orm(column_type = "Text")]
    pub table_name: String,
    pub row_id: Uuid,
    /// Null: the import made the row.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub before: Option<Json>,
    /// Another version now means that somebody changed it since.
    pub version_after: i32,
}

impl ActiveModelBehavior for ActiveModel {}
