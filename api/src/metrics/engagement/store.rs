//! The SQL of figures.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, ClusterId, SchoolId};
use glans_entity::metrics::figure::{Column, Entity};
use glans_entity::metrics::{Level, Metric, Suppression};
use glans_entity::organisation::{board, class_group, cluster, school};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::reading::{Ask, Breakdown, Counts, Point};
use crate::platform::error::Result;

/// A place of which figures are asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    pub level: Level,
    pub id: Uuid,
    pub board: BoardId,
    pub cluster: Option<ClusterId>,
    pub school: Option<SchoolId>,
}

/// A figure as it is read.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Row {
    pub metric: Metric,
    pub level: Level,
    pub place_id: Uuid,
    pub language: String,
    pub starts_on: NaiveDate,
    pub version: i32,
    pub numerator: i64,
    pub denominator: i64,
    pub unknown: i64,
    pub inside: Option<Suppression>,
    pub outside: Option<Suppression>,
}

impl Row {
    /// As the team of the school sees it, or everybody else.
    pub fn point(&self, inside: bool) -> Point {
        let (numerator, denominator, unknown) = (self.numerator, self.denominator, self.unknown);
        let hidden = if inside { self.inside } else { self.outside };
        let shown = hidden.map_or(Ok(Counts { numerator, denominator, unknown }), Err);
        Point { starts_on: self.starts_on, version: self.version, shown }
    }
}

/// The place, of whatever board: whether it may be known is asked of the answer.
#[expect(clippy::disallowed_methods, reason = "who sees figures of a place need not see the place")]
pub(super) async fn site(db: &impl ConnectionTrait, level: Level, id: Uuid) -> Result<Option<Site>> {
    let of_school = |row: school::Model| (row.board_id, row.cluster_id, Some(row.id));
    let found = match level {
        Level::Board => board::Entity::find_by_id(BoardId(id)).one(db).await?.map(|row| (row.id, None, None)),
        Level::Cluster => {
            cluster::Entity::find_by_id(ClusterId(id)).one(db).await?.map(|row| (row.board_id, Some(row.id), None))
        }
        Level::School => school::Entity::find_by_id(SchoolId(id)).one(db).await?.map(of_school),
        Level::ClassGroup => class_group::Entity::find_by_id(glans_entity::ids::ClassGroupId(id))
            .one(db)
            .await?
            .map(|row| (row.board_id, None, Some(row.school_id))),
    };
    Ok(found.map(|(board, cluster, school)| Site { level, id, board, cluster, school }))
}

/// The figures that are asked for, by time.
pub(super) async fn figures(
    db: &impl ConnectionTrait,
    scope: &Scope,
    site: &Site,
    ask: &Ask,
    periods: &[NaiveDate],
) -> Result<Vec<Row>> {
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else { return Ok(Vec::new()) };
    let rows = Entity::within(scope)
        .filter(Column::BoardId.eq(site.board))
        .filter(Column::Span.eq(ask.span))
        .filter(Column::Metric.is_in(ask.metrics.iter().copied()))
        .filter(Column::StartsOn.between(*first, *last));
    let rows = match ask.breakdown {
        Breakdown::None => rows.filter(Column::PlaceId.eq(site.id)).filter(Column::Language.eq("")),
        Breakdown::Language => rows.filter(Column::PlaceId.eq(site.id)).filter(Column::Language.ne("")),
        Breakdown::Cluster => parts(rows, Level::Cluster),
        Breakdown::School if site.level == Level::Board => parts(rows, Level::School),
        Breakdown::School => parts(rows, Level::School).filter(Column::ParentId.eq(site.id)),
        Breakdown::ClassGroup => parts(rows, Level::ClassGroup).filter(Column::ParentId.eq(site.id)),
    };
    Ok(rows.order_by_asc(Column::StartsOn).into_model().all(db).await?)
}

fn parts(rows: sea_orm::Select<Entity>, level: Level) -> sea_orm::Select<Entity> {
    rows.filter(Column::Level.eq(level)).filter(Column::Language.eq(""))
}

/// What the places of the rows are called.
#[expect(clippy::disallowed_methods, reason = "who sees figures of a place knows what it is called")]
pub(super) async fn names(
    db: &impl ConnectionTrait,
    site: &Site,
    breakdown: Breakdown,
    rows: &[Row],
) -> Result<BTreeMap<Uuid, String>> {
    let ids: BTreeSet<Uuid> = rows.iter().map(|row| row.place_id).collect();
    let names: Vec<(Uuid, String)> = match breakdown {
        Breakdown::None | Breakdown::Language => Vec::new(),
        Breakdown::Cluster => {
            let rows = cluster::Entity::find().select_only().columns([cluster::Column::Id, cluster::Column::Name]);
            let rows = rows.filter(cluster::Column::BoardId.eq(site.board)).filter(cluster::Column::Id.is_in(ids));
            rows.into_tuple().all(db).await?
        }
        Breakdown::School => {
            let rows = school::Entity::find().select_only().columns([school::Column::Id, school::Column::Name]);
            let rows = rows.filter(school::Column::BoardId.eq(site.board)).filter(school::Column::Id.is_in(ids));
            rows.into_tuple().all(db).await?
        }
        Breakdown::ClassGroup => {
            let rows = class_group::Entity::find().select_only();
            let rows = rows.columns([class_group::Column::Id, class_group::Column::Name]);
            let rows =
                rows.filter(class_group::Column::BoardId.eq(site.board)).filter(class_group::Column::Id.is_in(ids));
            rows.into_tuple().all(db).await?
        }
    };
    Ok(names.into_iter().collect())
}
