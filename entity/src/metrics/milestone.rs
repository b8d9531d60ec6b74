use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::BoardId;

/// The kind that says that nothing of what is published of the board is to be seen: it is as the board wished before.
pub const WITHDRAWN: &str = "figures.withdrawn";
/// The kind that says that a school year is being written in several transactions: some of what is published of the board is
/// gone, and not all of it has come back.
pub const PARTIAL: &str = "figures.partial";
/// The kinds that say that not all of what is published of the board is to be seen.
pub const NOT_WHOLE: [&str; 2] = [WITHDRAWN, PARTIAL];

/// Something that is told once, and was.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metric_milestone")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub board_id: BoardId,
    /// Of the event that told it.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub kind: String,
    /// Which one: an id, or a period.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub reached: String,
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
