use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{ApiClientId, BoardId};
use crate::localized::Strings;

/// A client of an integrator.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "api_client")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiClientId,
    pub board_id: BoardId,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub scopes: Strings,
    /// TypeIDs; null means all schools of the board.
    pub school_ids: Option<Strings>,
    pub revoked_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
