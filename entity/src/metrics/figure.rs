use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Level, Metric, Span, Suppression};
use crate::ids::BoardId;

/// What may be shown of a metric of a place in a period, and to whom.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metric_figure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub board_id: BoardId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub span: Span,
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: Metric,
    #[sea_orm(primary_key, auto_increment = false)]
    pub level: Level,
    /// Empty: of all languages together.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub language: String,
    /// The key of the period: the Monday of a week, the 1st of a month, 1 August of a school year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub starts_on: Date,
    /// Of a school the cluster in that period, of a class group the school, of a cluster the board; else nil.
    #[sea_orm(primary_key, auto_increment = false)]
    pub parent_id: Uuid,
    /// The board, cluster, school or class group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place_id: Uuid,
    /// Of the definition of the metric.
    pub version: i32,
    pub numerator: i64,
    pub denominator: i64,
    pub unknown: i64,
    /// Why the team of the school itself does not see it.
    pub inside: Option<Suppression>,
    /// Why nobody outside the school sees it.
    pub outside: Option<Suppression>,
}

impl ActiveModelBehavior for ActiveModel {}
