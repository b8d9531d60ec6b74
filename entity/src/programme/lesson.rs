use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::TeamScript;
use crate::ids::{BoardId, LessonId, ModuleId, ProgrammeVersionId};
use crate::localized::{Localized, LocalizedList};

/// A lesson of a module.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "lesson")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LessonId,
    pub programme_version_id: ProgrammeVersionId,
    pub module_id: ModuleId,
    pub board_id: Option<BoardId>,
    /// Stable over versions.
    #[sea_orm(column_type = "Text")]
    pub key: String,
    pub position: i32,
    pub title: Localized,
    pub objectives: LocalizedList,
    pub theory: Localized,
    pub practical_tips: LocalizedList,
    pub team_script: TeamScript,
    pub duration_minutes: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
