//! A line of the log.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::{self, Level, query};
use sea_orm::ActiveEnum;

use crate::metrics::engagement;
use crate::metrics::engagement::types::{Breakdown, Interval, Metric};
use crate::platform::scalars::LocalDate;

pub struct MetricQuery(pub query::Model);

/// That somebody asked for metrics: who, for which and of what, without what was answered. Kept for a year. Seen by
/// administrators of the board.
#[Object]
impl MetricQuery {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Who asked: the id of an account or of an API client.
    pub async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// Of what: the id of a board, cluster, school or class group, which may be gone by now.
    pub async fn scope(&self) -> ID {
        let id = self.0.scope_id;
        let text = match self.0.scope_kind {
            Level::Board => BoardId(id).to_string(),
            Level::Cluster => ClusterId(id).to_string(),
            Level::School => SchoolId(id).to_string(),
            Level::ClassGroup => ClassGroupId(id).to_string(),
        };
        text.into()
    }

    /// The metrics that were asked for.
    pub async fn metrics(&self) -> Vec<Metric> {
        let known = self.0.metrics.0.iter().filter_map(|name| metrics::Metric::try_from_value(name).ok());
        known.map(Into::into).collect()
    }

    /// How long the periods are.
    pub async fn interval(&self) -> Interval {
        self.0.span.into()
    }

    /// The first day that was asked for.
    pub async fn from(&self) -> LocalDate {
        LocalDate(self.0.starts_on)
    }

    /// The last day that was asked for, inclusive.
    pub async fn to(&self) -> LocalDate {
        LocalDate(self.0.ends_on)
    }

    /// By what figures were told apart.
    pub async fn breakdown(&self) -> Breakdown {
        self.0.breakdown.parse().unwrap_or(engagement::Breakdown::None).into()
    }

    /// When it was asked.
    pub async fn asked_at(&self) -> DateTime<Utc> {
        self.0.asked_at
    }

    /// The request, as its answer named it in `X-Request-Id`.
    pub async fn request_id(&self) -> &str {
        &self.0.request_id
    }
}
