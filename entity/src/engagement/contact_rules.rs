use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ThreadStarter, WeekHours};
use crate::ids::{BoardId, SchoolId};

/// How a school and families reach each other. A school without a row keeps the usual ones.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "contact_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub school_id: SchoolId,
    pub board_id: BoardId,
    pub may_start: ThreadStarter,
    pub hours: WeekHours,
    /// Working days within which staff answer.
    pub reply_days: i32,
    pub delivers_at_night: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1; 0 for the usual rules.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
