use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{AnnouncementId, BoardId, PersonId};

/// What an announcement said until it was corrected.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "announcement_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub announcement_id: AnnouncementId,
    /// Counts up with every correction, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub board_id: BoardId,
    /// Who corrected it.
    pub author_id: PersonId,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// When it was corrected.
    pub replaced_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
