//! From cells to figures: sums per place, and which of them are shown to whom.
//!
//! It is decided once for a whole board and metric, whoever asks, so that no two answers differ in what they hide.
//! There are two audiences. The **team of a school** (`inside`) sees its school and its class groups; **everybody
//! else** (`outside`) sees boards, clusters and schools. Who is inside sees what is shown outside as well: what is
//! hidden from the team is hidden from everybody.
//!
//! What is hidden, in the words of statistical disclosure control (A. Hundepool et al., *Statistical Disclosure
//! Control*, Wiley 2012, chapters 4 and 5):
//!
//! - **Primary** (`rules.rs`): a denominator under k. Outside also a part of the board of which a few are counted, are
//!   not, or are unknown: a count between 1 and k − 1 tells of these few nearly as much as their names. A denominator
//!   of 0 is shown: nobody is counted there, so it tells of nobody; and where nobody is there is no row, which tells
//!   the same.
//! - **Secondary among siblings** (`balance.rs`): what is hidden under one sum is at least two figures, three schools
//!   for outside, of which the sum passes the same rules; still without the largest school, for its own team knows that
//!   one.
//! - **Secondary across** (`slack.rs`): places × languages and places × periods are tables with sums on both sides, and
//!   what is hidden twice in every line can still be told. A hidden count is told exactly if it is the one bridge
//!   between two parts of the graph of hidden counts (D. Gusfield, *A Graph Theoretic Approach to Statistical Data
//!   Security*, SIAM J. Comput. 17, 1988). So whoever hides anything in a table hides the same one column too, the
//!   slack. Two hidden lines then meet in two columns, everything hidden lies on a ring of four, and no bridge is left.
//! - **Class groups × languages** (`weave.rs`): both sums are shown inside and the counts between them are not.
//!
//! Only counts of events add up over time. By language they are made per month only, which leaves no third direction.
//! Weeks do not lie wholly in months: see `slack.rs` for what is taken for a month's own.
//!
//! Reasons do not tell which figure started it: outside all that is hidden of a period for another reason than its
//! denominator has the same reason.
//!
//! `attack.rs` tries it: it solves all that is shown as linear equations and looks for what is hidden. Not covered is
//! who kept what was shown before cells changed, and, where months cut weeks, a part of a week of a school: it may
//! follow from a month less its weeks.
//!
//! Time is O(n log n) in cells, but where siblings cannot be settled: then each is weighed against those hidden so far.

#[cfg(test)]
mod attack;
mod balance;
#[cfg(test)]
mod equations;
#[cfg(test)]
mod invented;
mod rules;
mod sheet;
mod slack;
mod weave;

use std::collections::BTreeMap;
use std::ops::AddAssign;

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::{Level, Metric, Span, Suppression};
use uuid::Uuid;

use self::sheet::{ALL, Audience, Index, Key, ROOT, Sheet};
use super::definitions::{self, Counting};

/// Fewer students, guardians or the like are not shown, as the Dutch ministry of education does in its own open data.
pub const LEAST: i64 = 5;

/// Fewer are not shown of what somebody answered, and of who speaks a language at home.
pub const LEAST_SENSITIVE: i64 = 10;

/// A metric of a place in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Who or what met it, at most the denominator.
    pub numerator: i64,
    pub denominator: i64,
    /// Of the rest of the denominator: of whom it is not known.
    pub unknown: i64,
}

impl Counts {
    /// Between 0 and 1. `None` where nobody is counted.
    #[expect(clippy::cast_precision_loss, reason = "there are fewer persons than a float has whole numbers")]
    pub fn value(self) -> Option<f64> {
        (self.denominator > 0).then(|| self.numerator as f64 / self.denominator as f64)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.unknown += other.unknown;
    }
}

/// The finest grain: a class group and a language of a school in a period.
#[derive(Clone, Debug)]
pub struct Cell {
    pub span: Span,
    /// The first day of the period.
    pub starts_on: NaiveDate,
    pub school: SchoolId,
    /// Nil: the school was in none.
    pub cluster: ClusterId,
    /// Nil: of no group in particular.
    pub class_group: ClassGroupId,
    /// Empty: not known.
    pub language: String,
    pub counts: Counts,
}

/// A row of `metric_figure`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub span: Span,
    pub starts_on: NaiveDate,
    pub level: Level,
    /// Of a school the cluster in that period, of a class group the school, of a cluster the board; else nil.
    pub parent: Uuid,
    pub place: Uuid,
    /// Empty: of all languages together.
    pub language: String,
    pub counts: Counts,
    /// Why the team of the school itself does not see it. Of boards and clusters as `outside`. Of a school that was in
    /// two clusters it is the same in both rows: the team sees their sum.
    pub inside: Option<Suppression>,
    /// Why nobody outside the school sees it. Class groups are never shown outside.
    pub outside: Option<Suppression>,
}

/// What decides beside the counts.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    counting: Counting,
    /// k of all figures but those by language.
    least: i64,
    /// k of figures by language.
    least_by_language: i64,
}

impl Terms {
    /// For `metric`, at a board that wishes a k of at least `wished`; 0 if it has no wish.
    pub fn of(metric: Metric, wished: i64) -> Self {
        let own = definitions::least(metric);
        Self {
            counting: definitions::of(metric).counting,
            least: own.max(wished),
            least_by_language: LEAST_SENSITIVE.max(wished),
        }
    }
}

/// The figures of one board and metric. `cells` are all there are, of periods that are over: weeks, months and school
/// years that belong together, for what is told of one could tell what is hidden of another.
///
/// By language there are figures of a board, of clusters and schools; of what is counted in events by month only.
pub fn figures(board: BoardId, by: Terms, cells: &[Cell]) -> Vec<Figure> {
    let index = Index::of(by, cells);
    let teams = teams(&index, cells);
    let mut board_wide = Sheet::new(&index, Audience::Outside, Level::Board, board.0);
    for cell in cells {
        let key = index.key(cell);
        let owner = index.school(cell.school);
        board_wide.count(key, cell.counts);
        let parent = if cell.cluster.0.is_nil() {
            ROOT
        } else {
            let cluster = board_wide.place(ROOT, Level::Cluster, cell.cluster.0, owner);
            board_wide.count(Key { place: cluster, ..key }, cell.counts);
            cluster
        };
        let school = board_wide.place(parent, Level::School, cell.school.0, owner);
        board_wide.count(Key { place: school, ..key }, cell.counts);
    }
    for (owner, team) in teams.values().enumerate() {
        board_wide.bind(owner, team);
    }
    board_wide.decide();
    let mut rows: Vec<Figure> = board_wide.published().map(|key| row(&board_wide, &teams, key)).collect();
    for team in teams.values() {
        let groups = team.published().filter(|key| key.place != ROOT);
        rows.extend(groups.map(|key| row(team, &teams, key)));
    }
    rows
}

/// What the team of each school sees, in the order of `Index::school`.
fn teams<'a>(index: &'a Index, cells: &[Cell]) -> BTreeMap<SchoolId, Sheet<'a>> {
    let mut teams = BTreeMap::new();
    for cell in cells {
        let key = index.key(cell);
        let team = teams
            .entry(cell.school)
            .or_insert_with(|| Sheet::new(index, Audience::Inside, Level::School, cell.school.0));
        team.count(key, cell.counts);
        let owner = team.places.len();
        let group = team.place(ROOT, Level::ClassGroup, cell.class_group.0, owner);
        team.count_of_group(Key { place: group, ..key }, cell.counts);
    }
    for team in teams.values_mut() {
        team.decide();
    }
    teams
}

fn row(sheet: &Sheet<'_>, teams: &BTreeMap<SchoolId, Sheet<'_>>, key: Key) -> Figure {
    let place = &sheet.places[key.place];
    let above = place.parent.map(|parent| &sheet.places[parent]);
    // A school without a cluster hangs on the board, and has no parent.
    let parent = above.filter(|above| place.level != Level::School || above.level == Level::Cluster);
    let why = sheet.hidden.get(&key).copied();
    let (inside, outside) = match place.level {
        Level::Board | Level::Cluster => (why, why),
        Level::School => {
            let team = teams.get(&SchoolId(place.id));
            (team.and_then(|team| team.hidden.get(&Key { place: ROOT, ..key }).copied()), why)
        }
        Level::ClassGroup => (why, why.or(Some(Suppression::Complementary))),
    };
    let (span, starts_on) = sheet.index.periods[key.period];
    let language = if key.language == ALL { String::new() } else { sheet.index.languages[key.language].clone() };
    Figure {
        span,
        starts_on,
        level: place.level,
        parent: parent.map_or(Uuid::nil(), |parent| parent.id),
        place: place.id,
        language,
        counts: sheet.at(key),
        inside,
        outside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: &str = "2026-11-09";

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn cell(cluster: u128, school: u128, group: u128, numerator: i64, denominator: i64) -> Cell {
        Cell {
            span: Span::Week,
            starts_on: WEEK.parse().unwrap(),
            school: SchoolId(id(school)),
            cluster: ClusterId(id(cluster)),
            class_group: ClassGroupId(id(group)),
            language: "nl".to_owned(),
            counts: Counts { numerator, denominator, unknown: 0 },
        }
    }

    fn made(cells: &[Cell]) -> Vec<Figure> {
        figures(BoardId(id(1)), Terms::of(Metric::TwoWay, 0), cells)
    }

    /// The figure of all languages of the place of that number.
    fn of(rows: &[Figure], place: u128) -> &Figure {
        rows.iter().find(|row| row.place == id(place) && row.language.is_empty()).unwrap()
    }

    fn outside(rows: &[Figure], places: std::ops::RangeInclusive<u128>) -> Vec<Option<Suppression>> {
        places.map(|place| of(rows, place).outside).collect()
    }

    #[test]
    fn a_larger_group_is_the_sum_of_its_parts() {
        let rows = made(&[cell(10, 100, 1000, 12, 20), cell(10, 101, 1001, 15, 25), cell(0, 102, 1002, 20, 30)]);
        let sums = [1, 10, 100, 102, 1000].map(|place| of(&rows, place).counts.denominator);
        assert_eq!(sums, [75, 45, 20, 30, 20]);
        assert_eq!([1, 10, 100, 102, 1000].map(|place| of(&rows, place).parent), [0, 1, 10, 0, 100].map(id));
        assert!(rows.iter().filter(|row| row.level != Level::ClassGroup).all(|row| row.outside.is_none()));
        assert!(rows.iter().all(|row| row.inside.is_none()));
    }

    #[test]
    fn a_small_school_takes_the_two_next_smallest_with_it() {
        use Suppression::{Complementary, SmallDenominator};
        let school = |number, size| cell(10, number, 1000 + number, size / 2, size);
        let rows = made(&[school(100, 4), school(101, 20), school(102, 24), school(103, 60), school(104, 80)]);
        let expected = [Some(SmallDenominator), Some(Complementary), Some(Complementary), None, None];
        assert_eq!(outside(&rows, 100..=104), expected);
        assert_eq!((of(&rows, 10).outside, of(&rows, 1).outside), (None, None));
        let own = |place| of(&rows, place).inside;
        assert_eq!((own(100), own(101), own(102)), (Some(SmallDenominator), None, None));
    }

    #[test]
    fn few_who_are_not_met_are_hidden_outside_and_not_who_started_it() {
        let school = |number, met| cell(10, number, 1000 + number, met, 50);
        let rows = made(&[school(100, 48), school(101, 25), school(102, 25), school(103, 25)]);
        let hidden: Vec<_> = outside(&rows, 100..=103).into_iter().flatten().collect();
        assert_eq!(hidden, [Suppression::SensitiveExtreme; 3]);
        assert!(rows.iter().all(|row| row.inside.is_none()));
    }

    #[test]
    fn a_board_of_one_school_has_no_breakdown() {
        let rows = made(&[cell(10, 100, 1000, 48, 50)]);
        assert_eq!((of(&rows, 1).outside, of(&rows, 10).outside, of(&rows, 100).outside), (None, None, None));
    }

    #[test]
    fn nobody_is_shown_as_nobody() {
        let rows = made(&[cell(10, 100, 1000, 20, 40), cell(10, 101, 1001, 0, 0)]);
        assert_eq!((of(&rows, 101).outside, of(&rows, 101).counts.value()), (None, None));
    }

    #[test]
    fn no_group_in_particular_has_no_figure() {
        let rows = made(&[cell(10, 100, 0, 10, 20), cell(10, 100, 1000, 12, 25)]);
        assert!(rows.iter().all(|row| !row.place.is_nil()));
        assert_eq!(of(&rows, 100).counts, Counts { numerator: 22, denominator: 45, unknown: 0 });
    }

    #[test]
    fn a_school_in_two_clusters_is_shown_to_its_team_as_the_sum() {
        let rows = made(&[cell(10, 100, 1000, 2, 3), cell(11, 100, 1000, 20, 40), cell(11, 101, 1001, 30, 60)]);
        let parts = rows.iter().filter(|row| row.place == id(100) && row.language.is_empty());
        let shown: Vec<_> = parts.map(|row| (row.parent, row.inside, row.outside)).collect();
        assert_eq!(shown, [(id(10), None, Some(Suppression::SmallDenominator)), (id(11), None, None)]);
        assert_eq!(of(&rows, 1).outside, Some(Suppression::Complementary), "or it would tell the small part");
    }

    #[test]
    fn a_board_may_raise_the_least() {
        let cells = [cell(10, 100, 1000, 10, 20), cell(10, 101, 1001, 30, 60)];
        let rows = figures(BoardId(id(1)), Terms::of(Metric::TwoWay, 25), &cells);
        assert_eq!(of(&rows, 100).inside, Some(Suppression::SmallDenominator));
    }
}
