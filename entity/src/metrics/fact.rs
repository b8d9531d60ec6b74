use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::Metric;
use crate::ids::{BoardId, ClassGroupId, ClusterId, SchoolId};

/// Something that counts for a metric, with the places of the day on which it happened.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metric_fact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: Metric,
    /// What it is about, as an announcement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: Uuid,
    /// Whom it concerns: a student or a person, by another id once erased; nil for nobody in particular.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    pub board_id: BoardId,
    /// Nil: the school was in none.
    pub cluster_id: ClusterId,
    pub school_id: SchoolId,
    /// Nil: of no group in particular.
    pub class_group_id: ClassGroupId,
    /// Spoken at home, BCP 47; empty where it is not known or no matter.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    pub day: Date,
    /// When it is known for good: nothing counts before.
    pub counts_at: DateTimeUtc,
    pub numerator: i32,
    pub denominator: i32,
    /// Of the denominator: of whom it is not known.
    pub unknown: i32,
}

impl ActiveModelBehavior for ActiveModel {}
