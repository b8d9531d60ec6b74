use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::BoardId;

/// An event that was committed with its act, in the order of writing.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub board_id: Option<BoardId>,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Ids only.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    pub at: DateTimeUtc,
    /// When those whom it concerns were told of it, or nobody had to be.
    pub told_at: Option<DateTimeUtc>,
    /// How often telling of it failed.
    pub attempts: i32,
    /// When it is tried again.
    pub due_at: Option<DateTimeUtc>,
    /// When it was given up.
    pub dead_at: Option<DateTimeUtc>,
    /// Why the last try failed.
    #[sea_orm(column_type = "Text", nullable)]
    pub failure: Option<String>,
    /// Of a kind that endpoints of integrators are told of: when deliveries were made, or none had to be.
    pub hooked_at: Option<DateTimeUtc>,
    /// How often making these deliveries failed.
    pub hook_attempts: i32,
    /// When they are tried to be made again.
    pub hook_due_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
