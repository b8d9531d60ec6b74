//! What may be exported, by whom, and for how long.

use chrono::{Days, NaiveDate, TimeDelta};
use glans_entity::ids::{AccountId, ApiClientId, BoardId, ClassGroupId, ClusterId, SchoolId, parse_any};
use glans_entity::localized::Strings;
use glans_entity::metrics::{ExportBreakdown, Level, Metric, Span, Suppression, export, figure};
use glans_entity::scope::Scope;
use sea_orm::{ActiveEnum, Iterable};
use uuid::Uuid;

use crate::access::{Actor, Place};
use crate::metrics::periods;
use crate::platform::error::{Error, Result, UserErrorCode};
use crate::platform::text::Checks;

/// How long a file is kept.
pub(super) const LIVES: TimeDelta = TimeDelta::days(7);
/// How long who writes a file may say nothing before another one begins anew.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How often it is begun.
pub(super) const TRIES: i32 = 3;
/// Rows of a file.
pub(super) const MOST_ROWS: u64 = 1_000_000;
/// Exports of a board that wait or are being written.
pub(super) const MOST_AT_ONCE: u64 = 5;

/// Whose an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Account(AccountId),
    Client(ApiClientId),
}

impl Owner {
    /// None for who is not signed in, and for the program itself.
    pub(super) fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Person(person) => Some(Self::Account(person.account)),
            Actor::Client(client) => Some(Self::Client(client.id)),
            Actor::Anonymous | Actor::System(_) => None,
        }
    }

    pub(super) fn account(self) -> Option<AccountId> {
        match self {
            Self::Account(account) => Some(account),
            Self::Client(_) => None,
        }
    }

    pub(super) fn client(self) -> Option<ApiClientId> {
        match self {
            Self::Client(client) => Some(client),
            Self::Account(_) => None,
        }
    }
}

/// As whom somebody sees figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Everybody,
    /// As the team of the school.
    Team,
}

impl View {
    pub(super) fn of(export: &export::Model) -> Self {
        if export.as_team { Self::Team } else { Self::Everybody }
    }

    /// Whether who sees figures as this may have a file that was made for `other`.
    pub(super) fn covers(self, other: Self) -> bool {
        self == other || self == Self::Team
    }
}

/// As whom the figures of `place` are seen; none where they are out of sight.
pub(super) fn view(scope: &Scope, level: Level, place: &Place) -> Option<View> {
    let is_team = place.school.is_some_and(|school| scope.headed_schools.contains(&school));
    let is_above = place.board.is_some_and(|board| scope.measured_boards.contains(&board))
        || (level != Level::Board && place.cluster.is_some_and(|cluster| scope.measured_clusters.contains(&cluster)));
    match level {
        Level::School | Level::ClassGroup if is_team => Some(View::Team),
        Level::ClassGroup => None,
        Level::School if place.school.is_some_and(|school| scope.measured_schools.contains(&school)) => {
            Some(View::Everybody)
        }
        Level::Board | Level::Cluster | Level::School => is_above.then_some(View::Everybody),
    }
}

/// Why a figure is not shown.
pub(super) fn hidden(figure: &figure::Model, view: View) -> Option<Suppression> {
    match view {
        View::Everybody => figure.outside,
        View::Team => figure.inside,
    }
}

/// What an id names of which there are figures; none where it is of something else.
pub(super) fn named(id: &str) -> Option<(Level, Uuid)> {
    let (prefix, uuid) = parse_any(id)?;
    let level = match prefix {
        BoardId::PREFIX => Level::Board,
        ClusterId::PREFIX => Level::Cluster,
        SchoolId::PREFIX => Level::School,
        ClassGroupId::PREFIX => Level::ClassGroup,
        _ => return None,
    };
    Some((level, uuid))
}

/// What somebody asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// None: all there are.
    pub metrics: Option<Vec<Metric>>,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub span: Span,
    pub breakdown: ExportBreakdown,
}

/// The same, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub metrics: Strings,
    pub first_on: NaiveDate,
    pub last_on: NaiveDate,
}

/// Refuses what cannot be answered for a place of this level.
pub(super) fn terms(asked: Asked, level: Level, view: View) -> Result<Terms> {
    let mut checks = Checks::default();
    let mut metrics = asked.metrics.unwrap_or_else(|| Metric::iter().collect());
    metrics.sort_unstable();
    metrics.dedup();
    if metrics.is_empty() {
        checks.add(UserErrorCode::Required, "metrics", "Name at least one metric, or leave it out for all.");
    }
    let periods = whole(asked.span, asked.from, asked.to);
    if asked.from > asked.to {
        checks.add(UserErrorCode::Invalid, "to", "Give a last day that is not before the first.");
    } else if periods.is_none() {
        checks.add(UserErrorCode::Invalid, "to", "Choose days with at least one whole period between them.");
    }
    if !has_parts(level, asked.breakdown) {
        let message = "Choose a breakdown into what lies within the place: clusters and schools of a board, schools of a \
                       cluster, class groups of a school, or home languages of one of these three.";
        checks.add(UserErrorCode::Invalid, "breakdown", message);
    } else if asked.breakdown == ExportBreakdown::ClassGroup && view != View::Team {
        let message = "Figures of class groups are for the leader of their school. Choose another breakdown.";
        checks.add(UserErrorCode::Forbidden, "breakdown", message);
    }
    let metrics = Strings(metrics.iter().map(ActiveEnum::to_value).collect());
    checks.all(periods.map(|(first_on, last_on)| Terms { metrics, first_on, last_on }))
}

/// Whether a place of this level has parts of that kind.
const fn has_parts(level: Level, breakdown: ExportBreakdown) -> bool {
    match breakdown {
        ExportBreakdown::None => true,
        ExportBreakdown::Cluster => matches!(level, Level::Board),
        ExportBreakdown::School => matches!(level, Level::Board | Level::Cluster),
        ExportBreakdown::ClassGroup => matches!(level, Level::School),
        ExportBreakdown::Language => !matches!(level, Level::ClassGroup),
    }
}

/// The first days of the first and the last period that lie wholly within `from` and `to`, both inclusive; none where there
/// is no such period.
fn whole(span: Span, from: NaiveDate, to: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let first = periods::start(span, from);
    let first = if first < from { periods::next(span, first) } else { first };
    let last = periods::start(span, to);
    let last = if periods::last(span, last) > to { periods::start(span, last - Days::new(1)) } else { last };
    (first <= last).then_some((first, last))
}

/// The level of the rows of an export.
pub(super) const fn level_of_rows(export: &export::Model) -> Level {
    match export.breakdown {
        ExportBreakdown::None | ExportBreakdown::Language => export.level,
        ExportBreakdown::Cluster => Level::Cluster,
        ExportBreakdown::School => Level::School,
        ExportBreakdown::ClassGroup => Level::ClassGroup,
    }
}

/// The metrics of an export, in the order of its rows.
pub(super) fn metrics(export: &export::Model) -> Result<Vec<Metric>> {
    export.metrics.0.iter().map(|name| Metric::try_from_value(name).map_err(Error::from)).collect()
}

/// Puts together what is of one place. A school that changed its cluster within a period has a figure with each of them: the
/// sum is shown, and hidden if a part of it is.
#[derive(Debug, Default)]
pub(super) struct Merging(Option<figure::Model>);

impl Merging {
    /// Takes the next figure, in the order of the store; the one before, unless this one belongs to it.
    pub(super) fn push(&mut self, next: figure::Model) -> Option<figure::Model> {
        match self.0.take() {
            Some(open) if is_of_one(&open, &next) => {
                self.0 = Some(sum(open, &next));
                None
            }
            open => {
                self.0 = Some(next);
                open
            }
        }
    }

    /// The last one.
    pub(super) fn end(&mut self) -> Option<figure::Model> {
        self.0.take()
    }
}

fn is_of_one(one: &figure::Model, other: &figure::Model) -> bool {
    let of = |figure: &figure::Model| (figure.metric, figure.level, figure.starts_on, figure.place_id);
    of(one) == of(other) && one.language == other.language
}

fn sum(one: figure::Model, other: &figure::Model) -> figure::Model {
    figure::Model {
        numerator: one.numerator + other.numerator,
        denominator: one.denominator + other.denominator,
        unknown: one.unknown + other.unknown,
        version: one.version.max(other.version),
        inside: one.inside.or(other.inside),
        outside: one.outside.or(other.outside),
        ..one
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn asked(breakdown: ExportBreakdown) -> Asked {
        Asked { metrics: None, from: day("2026-08-01"), to: day("2026-08-31"), span: Span::Week, breakdown }
    }

    fn refused(asked: Asked, level: Level, view: View) -> Vec<(UserErrorCode, String)> {
        match terms(asked, level, view) {
            Err(Error::Refused(problems)) => {
                problems.into_iter().map(|problem| (problem.code, problem.field.join("."))).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_whole_periods_are_told() {
        let terms = terms(asked(ExportBreakdown::None), Level::Board, View::Everybody).unwrap();
        assert_eq!((terms.first_on, terms.last_on), (day("2026-08-03"), day("2026-08-24")));
        assert_eq!(terms.metrics.0.len(), Metric::iter().count());
        assert_eq!(
            whole(Span::Week, day("2026-08-03"), day("2026-08-09")),
            Some((day("2026-08-03"), day("2026-08-03")))
        );
        assert_eq!(whole(Span::Week, day("2026-08-04"), day("2026-08-15")), None);
        assert_eq!(
            whole(Span::Month, day("2026-08-02"), day("2026-10-30")),
            Some((day("2026-09-01"), day("2026-09-01")))
        );
    }

    #[test]
    fn a_metric_is_told_once() {
        let metrics = Some(vec![Metric::Reach, Metric::Activation, Metric::Reach]);
        let twice = Asked { metrics, ..asked(ExportBreakdown::None) };
        let terms = terms(twice, Level::Board, View::Everybody).unwrap();
        assert_eq!(terms.metrics.0, ["ACTIVATION", "REACH"]);
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let wrong = Asked { metrics: Some(Vec::new()), to: day("2026-07-01"), ..asked(ExportBreakdown::Cluster) };
        let told = refused(wrong, Level::School, View::Team);
        let expected = [
            (UserErrorCode::Required, "metrics"),
            (UserErrorCode::Invalid, "to"),
            (UserErrorCode::Invalid, "breakdown"),
        ];
        assert_eq!(told, expected.map(|(code, field)| (code, field.to_owned())));
    }

    #[test]
    fn class_groups_are_for_their_team() {
        let groups = || asked(ExportBreakdown::ClassGroup);
        assert!(terms(groups(), Level::School, View::Team).is_ok());
        let told = refused(groups(), Level::School, View::Everybody);
        assert_eq!(told, [(UserErrorCode::Forbidden, "breakdown".to_owned())]);
        assert_eq!(refused(groups(), Level::Board, View::Everybody)[0].0, UserErrorCode::Invalid);
    }

    #[test]
    fn who_sees_what_follows_the_scope() {
        let (board, cluster, school) = (BoardId::new(), ClusterId::new(), SchoolId::new());
        let place = Place { board: Some(board), cluster: Some(cluster), school: Some(school), ..Place::default() };
        let levels = [Level::Board, Level::Cluster, Level::School, Level::ClassGroup];
        let seen = |scope: &Scope| levels.map(|level| view(scope, level, &place));
        let all = Some(View::Everybody);
        assert_eq!(seen(&Scope::default()), [None; 4]);
        assert_eq!(seen(&Scope { measured_boards: vec![board], ..Scope::default() }), [all, all, all, None]);
        assert_eq!(seen(&Scope { measured_clusters: vec![cluster], ..Scope::default() }), [None, all, all, None]);
        assert_eq!(seen(&Scope { measured_schools: vec![school], ..Scope::default() }), [None, None, all, None]);
        let leader = Scope { measured_schools: vec![school], headed_schools: vec![school], ..Scope::default() };
        assert_eq!(seen(&leader), [None, None, Some(View::Team), Some(View::Team)]);
        assert!(View::Team.covers(View::Everybody) && !View::Everybody.covers(View::Team));
    }

    #[test]
    fn the_parts_of_a_school_are_one() {
        let part = |place: u128, parent: u128, outside| figure::Model {
            board_id: BoardId(Uuid::from_u128(1)),
            span: Span::Week,
            metric: Metric::Reach,
            level: Level::School,
            language: String::new(),
            starts_on: day("2026-08-03"),
            parent_id: Uuid::from_u128(parent),
            place_id: Uuid::from_u128(place),
            version: 1,
            numerator: 3,
            denominator: 10,
            unknown: 1,
            inside: None,
            outside,
        };
        let mut merging = Merging::default();
        assert_eq!(merging.push(part(5, 1, None)), None);
        assert_eq!(merging.push(part(5, 2, Some(Suppression::SmallDenominator))), None);
        let whole = merging.push(part(6, 1, None)).unwrap();
        assert_eq!((whole.numerator, whole.denominator, whole.unknown), (6, 20, 2));
        assert_eq!(hidden(&whole, View::Everybody), Some(Suppression::SmallDenominator));
        assert_eq!(hidden(&whole, View::Team), None);
        assert_eq!(merging.end(), Some(part(6, 1, None)));
        assert_eq!(merging.end(), None);
    }
}
