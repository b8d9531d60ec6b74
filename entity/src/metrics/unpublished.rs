use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::BoardId;

/// That cells of a school year are newer than its figures.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metric_unpublished")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub board_id: BoardId,
    /// The key of the school year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub school_year: Date,
    /// Another one with each change, so that who published what was there before does not take the mark away.
    pub token: Uuid,
    /// Of who publishes it at this moment.
    pub lease: Option<Uuid>,
    pub leased_until: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
