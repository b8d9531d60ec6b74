use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, ProgrammeId, ProgrammeVersionId};
use crate::localized::{Localized, Strings};

/// A version of a programme. Once published, nothing below it changes.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "programme_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProgrammeVersionId,
    pub programme_id: ProgrammeId,
    pub board_id: Option<BoardId>,
    pub number: i32,
    pub title: Localized,
    pub summary: Localized,
    /// In which it was written; the one that is always there.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// In which there may be texts: its own, then those that fall back to it.
    pub languages: Strings,
    pub sample: bool,
    /// SHA-256 of the document.
    pub content_hash: Vec<u8>,
    /// Null: a draft.
    pub published_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
