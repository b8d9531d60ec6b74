use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Metric, Span};
use crate::ids::{BoardId, ClassGroupId, ClusterId, SchoolId};

/// What a metric is of a class group and a language in a period: the grain of which all figures are sums.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metric_cell")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub school_id: SchoolId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub span: Span,
    /// The key of the period: the Monday of a week, the 1st of a month, 1 August of a school year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub starts_on: Date,
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: Metric,
    /// Nil: the school was in none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub cluster_id: ClusterId,
    /// Nil: of no group in particular.
    #[sea_orm(primary_key, auto_increment = false)]
    pub class_group_id: ClassGroupId,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub language: String,
    pub board_id: BoardId,
    /// Of the definition of the metric.
    pub version: i32,
    pub numerator: i64,
    pub denominator: i64,
    pub unknown: i64,
}

impl ActiveModelBehavior for ActiveModel {}
