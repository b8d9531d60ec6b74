//! What is asked, whether it may be, and the answer.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, parse_any};
use glans_entity::metrics::{Level, Metric, Span, Suppression};
use glans_entity::scope::Scope;
use uuid::Uuid;

use super::allowance::TOO_MUCH;
use super::store::{self, Row, Site};
use crate::call::Call;
use crate::loaders::group;
pub use crate::metrics::figures::Counts;
use crate::metrics::queries::{self, Asked};
use crate::metrics::{periods, published};
use crate::platform::error::{Code, Result, coded};

const UNSEEN: &str = "There is no such place, or you see no figures of it.";
/// Periods of one question at most.
const PERIODS: usize = 60;

/// By what figures are told apart. In query strings and in the log it goes by its name in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Breakdown {
    None,
    Cluster,
    School,
    ClassGroup,
    Language,
}

/// What is asked of a place: all periods that lie wholly within `from` and `to`, both inclusive, by their dates
/// ([`periods::whole`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ask {
    pub metrics: Vec<Metric>,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub span: Span,
    pub breakdown: Breakdown,
}

impl Ask {
    /// The keys of the periods.
    pub(super) fn periods(&self) -> impl Iterator<Item = NaiveDate> {
        periods::whole(self.span, self.from, self.to)
    }

    /// How many figures it asks for of a place, or of each part of it.
    pub(super) fn size(&self) -> usize {
        self.metrics.len() * self.periods().take(PERIODS).count()
    }
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
    /// The key of the period.
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
    let found = find(call, &[id], level, ask).await?.remove(&id);
    told(found.ok_or_else(|| coded(Code::NotFound, UNSEEN))?)
}

/// The answer as it is given, or what is wrong with the question.
pub(super) fn told<T>(answer: std::result::Result<T, &'static str>) -> Result<T> {
    answer.map_err(|why| coded(Code::BadUserInput, why))
}

/// The figures of a place, or what is wrong with the question.
pub type Answer = std::result::Result<Vec<Series>, &'static str>;

/// The figures of places of one kind, of those of which the viewer sees figures: read in one statement, and of all or,
/// where they are more than the request has left, of none.
pub(super) async fn find(call: &Call, ids: &[Uuid], level: Level, ask: &Ask) -> Result<HashMap<Uuid, Answer>> {
    let scope = call.scope();
    let db = call.read().await?;
    let sound = check(ask);
    let (mut sites, mut answers) = (Vec::new(), HashMap::new());
    for site in store::sites(&*db, level, ids).await?.into_iter().filter(|site| sees(&scope, site)) {
        match sound.and_then(|()| fits(ask.breakdown, &site, &scope)) {
            Ok(()) => sites.push(site),
            Err(why) => {
                answers.insert(site.id, Err(why));
            }
        }
    }
    for site in &sites {
        queries::make_room(call, site.board).await?;
        queries::note(call, &Asked { board: site.board, scope_id: site.id, scope_kind: level, ask })?;
    }
    let Some(rows) = rows(call, &sites, ask).await? else {
        answers.extend(sites.iter().map(|site| (site.id, Err(TOO_MUCH))));
        return Ok(answers);
    };
    let names = store::names(&*db, ask.breakdown, &rows).await?;
    let rows = group(rows, |row| row.asked_of(level, ask.breakdown));
    for site in &sites {
        let own = rows.get(&site.id).into_iter().flatten();
        answers.insert(site.id, Ok(series(ask, own, &names, is_inside(&scope, site))));
    }
    Ok(answers)
}

/// All figures of the places; none where the request has not so many left. From there on it has none.
async fn rows(call: &Call, sites: &[Site], ask: &Ask) -> Result<Option<Vec<Row>>> {
    let boards: BTreeSet<_> = sites.iter().map(|site| site.board).collect();
    // First of all, so that a request has one snapshot at a time, and not all connections to a replica.
    let mut unread = call.figures.unread().await;
    let db = published::snapshot(call.app(), &call.scope(), call.read().await?, &boards).await?;
    let rows = store::figures(&*db, &call.scope(), sites, ask, *unread + 1).await?;
    let rest = unread.checked_sub(rows.len() as u64);
    *unread = rest.unwrap_or(0);
    Ok(rest.map(|_| rows))
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

/// What is wrong with the question, if anything, of whatever place it is asked.
fn check(ask: &Ask) -> std::result::Result<(), &'static str> {
    let metrics: BTreeSet<Metric> = ask.metrics.iter().copied().collect();
    if metrics.is_empty() || metrics.len() < ask.metrics.len() {
        return Err("Name at least one metric, and each once.");
    }
    if ask.to < ask.from {
        return Err("Let `to` be `from` or a later day.");
    }
    if ask.periods().take(PERIODS + 1).count() > PERIODS {
        return Err("Ask for 60 periods at most.");
    }
    Ok(())
}

/// Whether the place has such parts, and the viewer may tell them apart.
fn fits(breakdown: Breakdown, site: &Site, scope: &Scope) -> std::result::Result<(), &'static str> {
    let fits = match breakdown {
        Breakdown::None => true,
        Breakdown::Cluster => site.level == Level::Board,
        Breakdown::School => matches!(site.level, Level::Board | Level::Cluster),
        Breakdown::ClassGroup => site.level == Level::School && is_inside(scope, site),
        Breakdown::Language => site.level != Level::ClassGroup,
    };
    if !fits {
        return Err(
            "This breakdown is not of this scope: a board has clusters, a board or cluster has schools, the own school has class groups.",
        );
    }
    Ok(())
}

/// Puts rows together to series. A school that was in two clusters in a period has a row for each.
fn series<'r>(
    ask: &Ask,
    rows: impl Iterator<Item = &'r Row>,
    names: &BTreeMap<Uuid, String>,
    inside: bool,
) -> Vec<Series> {
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
