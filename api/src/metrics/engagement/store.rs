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
    pub board_id: BoardId,
    pub parent_id: Uuid,
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
    /// The place, among those of a level, of which it answers what is asked.
    pub fn asked_of(&self, level: Level, breakdown: Breakdown) -> Uuid {
        match breakdown {
            Breakdown::None | Breakdown::Language => self.place_id,
            _ if level == Level::Board => self.board_id.0,
            _ => self.parent_id,
        }
    }

    /// As the team of the school sees it, or everybody else.
    pub fn point(&self, inside: bool) -> Point {
        let (numerator, denominator, unknown) = (self.numerator, self.denominator, self.unknown);
        let hidden = if inside { self.inside } else { self.outside };
        let shown = hidden.map_or(Ok(Counts { numerator, denominator, unknown }), Err);
        Point { starts_on: self.starts_on, version: self.version, shown }
    }
}

/// The places, of whatever board: whether they may be known is asked of the answer.
#[expect(clippy::disallowed_methods, reason = "who sees figures of a place need not see the place")]
pub(super) async fn sites(db: &impl ConnectionTrait, level: Level, ids: &[Uuid]) -> Result<Vec<Site>> {
    let ids = || ids.iter().copied();
    let site = |id, board, cluster, school| Site { level, id, board, cluster, school };
    Ok(match level {
        Level::Board => {
            let rows = board::Entity::find().filter(board::Column::Id.is_in(ids())).all(db).await?;
            rows.into_iter().map(|row| site(row.id.0, row.id, None, None)).collect()
        }
        Level::Cluster => {
            let rows = cluster::Entity::find().filter(cluster::Column::Id.is_in(ids())).all(db).await?;
            rows.into_iter().map(|row| site(row.id.0, row.board_id, Some(row.id), None)).collect()
        }
        Level::School => {
            let rows = school::Entity::find().filter(school::Column::Id.is_in(ids())).all(db).await?;
            rows.into_iter().map(|row| site(row.id.0, row.board_id, row.cluster_id, Some(row.id))).collect()
        }
        Level::ClassGroup => {
            let rows = class_group::Entity::find().filter(class_group::Column::Id.is_in(ids())).all(db).await?;
            rows.into_iter().map(|row| site(row.id.0, row.board_id, None, Some(row.school_id))).collect()
        }
    })
}

/// The figures that are asked for, by time; at most `most`. Schools of a board are asked of one board.
pub(super) async fn figures(
    db: &impl ConnectionTrait,
    scope: &Scope,
    sites: &[Site],
    ask: &Ask,
    most: u64,
) -> Result<Vec<Row>> {
    let periods: Vec<NaiveDate> = ask.periods().collect();
    let (Some(first), Some(last), Some(site)) = (periods.first(), periods.last(), sites.first()) else {
        return Ok(Vec::new());
    };
    let places = || sites.iter().map(|site| site.id);
    let rows = Entity::within(scope)
        .filter(Column::BoardId.is_in(sites.iter().map(|site| site.board).collect::<BTreeSet<_>>()))
        .filter(Column::Span.eq(ask.span))
        .filter(Column::Metric.is_in(ask.metrics.iter().copied()))
        .filter(Column::StartsOn.between(*first, *last));
    let of_board = site.level == Level::Board;
    let rows = match ask.breakdown {
        Breakdown::None => parts(rows, site.level).filter(Column::PlaceId.is_in(places())),
        Breakdown::Language => {
            let rows = rows.filter(Column::Level.eq(site.level)).filter(Column::Language.ne(""));
            rows.filter(Column::PlaceId.is_in(places()))
        }
        Breakdown::Cluster => parts(rows, Level::Cluster),
        Breakdown::School if of_board => parts(rows, Level::School),
        Breakdown::School => parts(rows, Level::School).filter(Column::ParentId.is_in(places())),
        Breakdown::ClassGroup => parts(rows, Level::ClassGroup).filter(Column::ParentId.is_in(places())),
    };
    Ok(rows.order_by_asc(Column::StartsOn).limit(most).into_model().all(db).await?)
}

fn parts(rows: sea_orm::Select<Entity>, level: Level) -> sea_orm::Select<Entity> {
    rows.filter(Column::Level.eq(level)).filter(Column::Language.eq(""))
}

/// What the places of the rows are called.
#[expect(clippy::disallowed_methods, reason = "who sees figures of a place knows what it is called")]
pub(super) async fn names(
    db: &impl ConnectionTrait,
    breakdown: Breakdown,
    rows: &[Row],
) -> Result<BTreeMap<Uuid, String>> {
    let ids: BTreeSet<Uuid> = rows.iter().map(|row| row.place_id).collect();
    let names: Vec<(Uuid, String)> = match breakdown {
        Breakdown::None | Breakdown::Language => Vec::new(),
        Breakdown::Cluster => {
            let rows = cluster::Entity::find().select_only().columns([cluster::Column::Id, cluster::Column::Name]);
            rows.filter(cluster::Column::Id.is_in(ids)).into_tuple().all(db).await?
        }
        Breakdown::School => {
            let rows = school::Entity::find().select_only().columns([school::Column::Id, school::Column::Name]);
            rows.filter(school::Column::Id.is_in(ids)).into_tuple().all(db).await?
        }
        Breakdown::ClassGroup => {
            let rows = class_group::Entity::find().select_only();
            let rows = rows.columns([class_group::Column::Id, class_group::Column::Name]);
            rows.filter(class_group::Column::Id.is_in(ids)).into_tuple().all(db).await?
        }
    };
    Ok(names.into_iter().collect())
}
