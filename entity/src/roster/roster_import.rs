use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::RosterImportState;
use crate::ids::{BoardId, PersonId, RosterImportId};

/// A roster import, also a dry one.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "roster_import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RosterImportId,
    pub board_id: BoardId,
    pub started_by: Option<PersonId>,
    /// `oneroster`, `guardianships`.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub state: RosterImportState,
    pub dry_run: bool,
    pub accept_removals: bool,
    /// SHA-256 of the one-time token.
    pub upload_hash: Option<Vec<u8>>,
    pub upload_expires_at: Option<DateTimeUtc>,
    pub rows_total: i32,
    pub rows_done: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub counts: Json,
    /// Ids that the bundle named and that have no table here; a later delta file may refer to them.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub left_out: Option<Json>,
    pub finished_at: Option<DateTimeUtc>,
    pub rolled_back_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
