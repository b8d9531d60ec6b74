//! What may be exported, by whom, and for how long.

use chrono::{Days, NaiveDate, TimeDelta};
use glans_entity::ids::{AccountId, ApiClientId, BoardId, ClassGroupId, ClusterId, ExportId, SchoolId, parse_any};
use glans_entity::localized::Strings;
use glans_entity::metrics::{ExportBreakdown, ExportState, Level, Metric, Span, Suppression, export, figure};
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
/// How long it waits for figures that are published anew, which takes half an hour where a process was killed in it.
pub(super) const PATIENCE: TimeDelta = TimeDelta::hours(1);
/// Rows of a file.
pub(super) const MOST_ROWS: u64 = 1_000_000;
/// Exports of a board that wait or are being written.
pub(super) const MOST_AT_ONCE: u64 = 5;

/// Exports of one owner in a board that are kept, the one to come included.
const MOST_OWN: usize = 10;
/// What the files of one owner in a board may take before another one is begun: 1 GiB.
const BYTES_OF_OWNER: i64 = 1 << 30;
/// What the files of a board may take before another one is begun: 8 GiB.
pub(super) const BYTES_OF_BOARD: i64 = 8 << 30;

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

/// The keys of the first and the last period whose dates lie wholly within `from` and `to`, both inclusive; none where
/// there is no such period.
fn whole(span: Span, from: NaiveDate, to: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let first = periods::named(span, from);
    let first = if first < from { periods::next(span, first) } else { first };
    let last = periods::named(span, to);
    let last = if periods::until(span, last) > to { periods::named(span, last - Days::new(1)) } else { last };
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

/// Which exports of one owner go for another one, of those that are kept, oldest first: as few as it takes. What waits
/// or is being written stays.
pub(super) fn given_up(own: &[export::Model]) -> Vec<ExportId> {
    let mut count = own.len();
    let mut bytes: i64 = own.iter().filter_map(|export| export.byte_length).map(i64::from).sum();
    let mut gone = Vec::new();
    for export in own.iter().filter(|export| matches!(export.state, ExportState::Ready | ExportState::Failed)) {
        if count < MOST_OWN && bytes < BYTES_OF_OWNER {
            break;
        }
        count -= 1;
        bytes -= export.byte_length.map_or(0, i64::from);
        gone.push(export.id);
    }
    gone
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use glans_entity::metrics::ExportFormat;

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
        let october = Some((day("2026-10-01"), day("2026-10-01")));
        assert_eq!(whole(Span::Month, day("2026-10-01"), day("2026-10-31")), october);
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

    fn kept(state: ExportState, byte_length: Option<i32>) -> export::Model {
        export::Model {
            id: ExportId::new(),
            board_id: BoardId::new(),
            account_id: Some(AccountId::new()),
            client_id: None,
            level: Level::Board,
            place_id: Uuid::nil(),
            as_team: false,
            metrics: Strings(Vec::new()),
            span: Span::Week,
            first_on: day("2026-08-03"),
            last_on: day("2026-08-03"),
            breakdown: ExportBreakdown::None,
            format: ExportFormat::Csv,
            state,
            attempts: 1,
            lease: None,
            leased_until: None,
            row_count: byte_length,
            byte_length,
            failure: None,
            created_at: DateTime::UNIX_EPOCH,
            finished_at: None,
            expires_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_oldest_files_go_for_a_new_one() {
        let gone = |own: &[export::Model]| {
            let gone = given_up(own);
            own.iter().map(|export| gone.contains(&export.id)).collect::<Vec<_>>()
        };
        let small = || kept(ExportState::Ready, Some(1_000));
        let mut own: Vec<_> = (1..MOST_OWN).map(|_| small()).collect();
        assert!(!gone(&own).contains(&true), "there is room for one more");
        own.insert(0, kept(ExportState::Queued, None));
        own.insert(1, kept(ExportState::Failed, None));
        assert_eq!(gone(&own)[..4], [false, true, true, false], "what waits stays, and as few go as it takes");
        let large = || kept(ExportState::Ready, Some(1 << 29));
        assert_eq!(gone(&[small(), large(), large(), small()]), [true, true, false, false], "1 GiB at most");
        assert_eq!(gone(&[large(), small()]), [false, false]);
    }
}
