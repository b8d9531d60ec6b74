use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Level, Span};
use crate::ids::{BoardId, MetricQueryId};
use crate::localized::Strings;

/// That somebody asked for figures: who, and for which. Append-only; it holds ids.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metric_query")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MetricQueryId,
    pub board_id: BoardId,
    /// TypeID of an account or client, or the name of a command.
    #[sea_orm(column_type = "Text")]
    pub actor: String,
    /// The board, cluster, school or class group.
    pub scope_id: Uuid,
    pub scope_kind: Level,
    /// Names of [`super::Metric`].
    pub metrics: Strings,
    pub span: Span,
    pub starts_on: Date,
    /// Inclusive.
    pub ends_on: Date,
    #[sea_orm(column_type = "Text")]
    pub breakdown: String,
    pub asked_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub request_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
