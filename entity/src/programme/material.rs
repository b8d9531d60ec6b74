use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Audience, MaterialKind};
use crate::ids::{BoardId, LessonId, MaterialId, ProgrammeVersionId};
use crate::localized::Localized;

/// A material of a lesson.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "material")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MaterialId,
    pub programme_version_id: ProgrammeVersionId,
    pub lesson_id: LessonId,
    pub board_id: Option<BoardId>,
    /// Stable over versions.
    #[sea_orm(column_type = "Text")]
    pub key: String,
    pub position: i32,
    pub title: Localized,
    pub kind: MaterialKind,
    pub audience: Audience,
    pub body: Option<Localized>,
    #[sea_orm(column_type = "Text", nullable)]
    pub url: Option<String>,
    pub duration_minutes: Option<i32>,
    pub book_reference: Option<Localized>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
