use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ids::{BoardId, CohortId, SchoolCohortId, SchoolId};

/// A school in a cohort. It stays when the school leaves, for the history.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "cohort_school")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SchoolCohortId,
    pub board_id: BoardId,
    pub cohort_id: CohortId,
    pub school_id: SchoolId,
    pub joined_on: Date,
    /// The first day on which it is no longer in the cohort.
    pub left_on: Option<Date>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Counts up with every change, from 1.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
