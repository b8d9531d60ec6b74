//! Reading figures.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use glans_entity::metrics::{Level, Metric};
use sea_orm::Iterable;
use uuid::Uuid;

use super::definition::MetricDefinition;
use super::loaders::FiguresOf;
use super::reading::{self, Ask};
use super::types::{EngagementInput, EngagementReport};
use crate::call::Call;
use crate::loaders;
use crate::metrics::definitions;
use crate::platform::error::Result;
use crate::platform::size::list_size;

/// The root fields that read figures.
#[derive(Default)]
pub struct EngagementQuery;

#[Object]
impl EngagementQuery {
    /// How engaged the families of a board, cluster, school or class group are, and how far its teams are with the course. For
    /// administrators of the board, directors of the cluster, who leads the school, of a class group who teaches it, and API
    /// clients with `metrics:read`. `NOT_FOUND` for anything else.
    async fn engagement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the board, cluster, school or class group.")] scope: ID,
        #[graphql(desc = "What is asked.")] input: EngagementInput,
    ) -> Result<EngagementReport> {
        let days = (input.from.0, input.to.0);
        let series = reading::report_of(Call::of(ctx), &scope, &Ask::from(input)).await?;
        Ok(EngagementReport::of(days, series.into_iter().map(Arc::new).collect()))
    }

    /// What each metric is, in words. For everybody who is signed in, and for API clients.
    #[graphql(directive = list_size::apply(24))]
    async fn metric_definitions(&self, ctx: &Context<'_>) -> Result<Vec<MetricDefinition>> {
        Call::of(ctx).signed_in()?;
        Ok(Metric::iter().map(|metric| MetricDefinition(definitions::of(metric))).collect())
    }
}

/// The report of a place; none unless the viewer sees figures of it. What several places of one answer are asked is read
/// together.
pub async fn of_place(
    ctx: &Context<'_>,
    level: Level,
    id: Uuid,
    input: EngagementInput,
) -> Result<Option<EngagementReport>> {
    let days = (input.from.0, input.to.0);
    let answer = loaders::one(ctx, FiguresOf { level, id, ask: Ask::from(input) }).await?;
    let series = answer.map(reading::told).transpose()?;
    Ok(series.map(|series| EngagementReport::of(days, series)))
}
