use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, ClassGroupId, SchoolId, SchoolYearId};
use crate::localized::Strings;

/// A class group of one school and school year.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "class_group")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ClassGroupId,
    pub board_id: BoardId,
    pub school_id: SchoolId,
    pub school_year_id: SchoolYearId,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// `1` to `8`; several in a combination group.
    pub grades: Strings,
    #[sea_orm(column_type = "Text", nullable)]
    pub source_id: Option<String>,
    pub archived_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
