use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, ClusterId, SchoolId};

/// A school: one location of an institution.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "school")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SchoolId,
    pub board_id: BoardId,
    pub cluster_id: Option<ClusterId>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The name in the national register; tells whether `name` was changed by hand.
    #[sea_orm(column_type = "Text", nullable)]
    pub registered_name: Option<String>,
    /// Two digits and two letters.
    #[sea_orm(column_type = "Text", nullable)]
    pub brin: Option<String>,
    /// Two digits.
    #[sea_orm(column_type = "Text", nullable)]
    pub location_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub street: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub house_number: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub postcode: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub city: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub website: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub denomination: Option<String>,
    /// Noord, Midden or Zuid.
    #[sea_orm(column_type = "Text", nullable)]
    pub holiday_region: Option<String>,
    /// Of the last year in the register; null when unknown or fewer than five.
    pub pupil_count: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub source_id: Option<String>,
    pub archived_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
