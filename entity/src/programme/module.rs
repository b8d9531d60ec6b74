use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, ModuleId, ProgrammeVersionId, ProgrammeYearId};
use crate::localized::Localized;

/// A module of a year.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "module")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ModuleId,
    pub programme_version_id: ProgrammeVersionId,
    pub programme_year_id: ProgrammeYearId,
    pub board_id: Option<BoardId>,
    pub position: i32,
    pub title: Localized,
    pub goal: Localized,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
