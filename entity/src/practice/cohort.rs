use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, CohortId, ProgrammeVersionId};

/// Schools of one board that follow a programme together.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "cohort")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CohortId,
    pub board_id: BoardId,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The edition that the cohort keeps, whatever is published later.
    pub programme_version_id: ProgrammeVersionId,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
