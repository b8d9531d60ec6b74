//! What is asked, whether it may be, and the answer.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, parse_any};
use glans_entity::metrics::{Level, Metric, Span, Suppression};
use glans_entity::scope::Scope;
use uuid::Uuid;

use super::store::{self, Row, Site};
use crate::call::Call;
pub use crate::metrics::figures::Counts;
use crate::metrics::periods;
use crate::metrics::queries::{self, Asked};
use crate::platform::error::{Code, Result, coded};

const UNSEEN: &str = "There is no such place, or you see no figures of it.";
/// Points of one answer at most.
const LARGEST: usize = 20_000;
/// Periods of one answer at most.
const PERIODS: usize = 60;

/// By what figures are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Breakdown {
    None,
    Cluster,
    School,
    ClassGroup,
    Language,
}

/// What is asked of a place: all periods that lie wholly within `from` and `to`, both inclusive.
#[derive(Clone, Debug)]
pub struct Ask {
    pub metrics: Vec<Metric>,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub span: Span,
    pub breakdown: Breakdown,
}

/// A metric of a group over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub metric: Metric,
    /// None: of the whole place.
    pub group: Option<Group>,
    /// In the order of time. A period of which nothing is known has none.
    pub points: Vec<Point>,
}

/// Part of a place; by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Place {
        level: Level,
        name: String,
        id: Uuid,
    },
    /// BCP 47, spoken at home.
    Language(String),
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub starts_on: NaiveDate,
    /// Of the definition.
    pub version: i32,
    pub shown: Result<Counts, Suppression>,
}

/// The figures of the place with this id.
pub async fn report_of(call: &Call, scope: &str, ask: &Ask) -> Result<Vec<Series>> {
    let (prefix, id) = parse_any(scope).ok_or_else(|| coded(Code::NotFound, UNSEEN))?;
    let level = match prefix {
        BoardId::PREFIX => Level::Board,
        ClusterId::PREFIX => Level::Cluster,
        SchoolId::PREFIX => Level::School,
        ClassGroupId::PREFIX => Level::ClassGroup,
        _ => return Err(coded(Code::NotFound, UNSEEN)),
    };
    report(call, id, level, ask).await
}

/// The figures of a place; `NOT_FOUND` unless the viewer sees figures of it.
pub async fn report(call: &Call, id: Uuid, level: Level, ask: &Ask) -> Result<Vec<Series>> {
    call.signed_in()?;
    find(call, id, level, ask).await?.ok_or_else(|| coded(Code::NotFound, UNSEEN))
}

/// The figures of a place; none unless the viewer sees figures of it.
pub(super) async fn find(call: &Call, id: Uuid, level: Level, ask: &Ask) -> Result<Option<Vec<Series>>> {
    let scope = call.scope();
    let db = call.read().await?;
    let site = store::site(&*db, level, id).await?.filter(|site| sees(&scope, site));
    let Some(site) = site else { return Ok(None) };
    let periods = check(ask, &site, &scope)?;
    queries::note(call, &Asked { board: site.board, scope_id: id, scope_kind: level, ask })?;
    let rows = store::figures(&*db, &scope, &site, ask, &periods).await?;
    if rows.len() > LARGEST {
        let message = "That is too much at once: ask for fewer metrics or periods, or use an export.";
        return Err(coded(Code::BadUserInput, message));
    }
    let names = store::names(&*db, &site, ask.breakdown, &rows).await?;
    Ok(Some(series(ask, rows, &names, is_inside(&scope, &site))))
}

/// Whether the viewer sees figures of the place.
fn sees(scope: &Scope, site: &Site) -> bool {
    let by_board = scope.measured_boards.contains(&site.board);
    let by_cluster = site.cluster.is_some_and(|cluster| scope.measured_clusters.contains(&cluster));
    let by_school = site.school.is_some_and(|school| scope.measured_schools.contains(&school));
    match site.level {
        Level::ClassGroup => is_inside(scope, site),
        _ => by_board || by_cluster || by_school,
    }
}

/// Whether the viewer is of the team that the place belongs to.
fn is_inside(scope: &Scope, site: &Site) -> bool {
    let teaches = site.level == Level::ClassGroup && scope.taught_groups.contains(&ClassGroupId(site.id));
    teaches || site.school.is_some_and(|school| scope.headed_schools.contains(&school))
}

/// The periods that are asked for, if what is asked makes sense.
fn check(ask: &Ask, site: &Site, scope: &Scope) -> Result<Vec<NaiveDate>> {
    let wrong = |message: &str| Err(coded(Code::BadUserInput, message));
    let metrics: BTreeSet<Metric> = ask.metrics.iter().copied().collect();
    if metrics.is_empty() || metrics.len() < ask.metrics.len() {
        return wrong("Name at least one metric, and each once.");
    }
    if ask.to < ask.from {
        return wrong("Let `to` be `from` or a later day.");
    }
    let fits = match ask.breakdown {
        Breakdown::None => true,
        Breakdown::Cluster => site.level == Level::Board,
        Breakdown::School => matches!(site.level, Level::Board | Level::Cluster),
        Breakdown::ClassGroup => site.level == Level::School && is_inside(scope, site),
        Breakdown::Language => site.level != Level::ClassGroup,
    };
    if !fits {
        return wrong(
            "This breakdown is not of this scope: a board has clusters, a board or cluster has schools, the own school has class groups.",
        );
    }
    let periods = periods::whole(ask.span, ask.from, ask.to);
    if periods.len() > PERIODS {
        return wrong("Ask for 60 periods at most.");
    }
    Ok(periods)
}

/// Puts rows together to series. A school that was in two clusters in a period has a row for each.
fn series(ask: &Ask, rows: Vec<Row>, names: &BTreeMap<Uuid, String>, inside: bool) -> Vec<Series> {
    let mut series: BTreeMap<(usize, Option<Group>), BTreeMap<NaiveDate, Point>> = BTreeMap::new();
    for row in rows {
        let Some(position) = ask.metrics.iter().position(|metric| *metric == row.metric) else { continue };
        let group = match ask.breakdown {
            Breakdown::None => None,
            Breakdown::Language => Some(Group::Language(row.language.clone())),
            _ => Some(Group::Place {
                level: row.level,
                id: row.place_id,
                name: names.get(&row.place_id).cloned().unwrap_or_default(),
            }),
        };
        let points = series.entry((position, group)).or_default();
        let point = row.point(inside);
        let together = points.get(&point.starts_on).map_or(point, |other| sum(*other, point));
        points.insert(point.starts_on, together);
    }
    let of = |((position, group), points): ((usize, Option<Group>), BTreeMap<NaiveDate, Point>)| Series {
        metric: ask.metrics[position],
        group,
        points: points.into_values().collect(),
    };
    series.into_iter().map(of).collect()
}

/// Two parts together. What hides one hides both.
fn sum(one: Point, other: Point) -> Point {
    let shown = match (one.shown, other.shown) {
        (Ok(one), Ok(other)) => Ok(Counts {
            numerator: one.numerator + other.numerator,
            denominator: one.denominator + other.denominator,
            unknown: one.unknown + other.unknown,
        }),
        (Err(why), _) | (_, Err(why)) => Err(why),
    };
    Point { shown, ..one }
}
