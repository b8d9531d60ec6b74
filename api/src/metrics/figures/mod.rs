//! From cells to figures: sums per place, and which of them are shown to whom.
//!
//! It is decided once for a whole board and all metrics, whoever asks, so that no two answers differ in what they hide.
//! There are two audiences. The **team of a school** (`inside`) sees its school and its class groups; **everybody
//! else** (`outside`) sees boards, clusters and schools. Who is inside sees what is shown outside as well: what is
//! hidden from the team is hidden from everybody.
//!
//! What is hidden, in the words of statistical disclosure control (A. Hundepool et al., *Statistical Disclosure
//! Control*, Wiley 2012, chapters 4 and 5):
//!
//! - **Primary** (`rules.rs`): a denominator under k. Outside also a part of the board of which a few are counted, are
//!   not, or are unknown: a count between 1 and k − 1 tells of these few nearly as much as their names. Of surveys the
//!   team of the school is not told that either, and of answers nobody is told that all are the same. A denominator
//!   of 0 is shown: nobody is counted there, so it tells of nobody; and where nobody is there is no row, which tells
//!   the same.
//! - **Of all metrics of the same people** (`decided.rs`): metrics of a family (`definitions::family`) are about the
//!   same students, guardians or staff, and several have the very same denominators. What each of them hid by itself,
//!   another one would tell. So it is decided once, by how many there are and nothing else, what tells of too few of
//!   them, and that is hidden in all metrics of the family. Each hides more for its own numerators; to hide that in
//!   all the others too would cost most figures. It is hidden in those that tell these numerators: a pulse has as many
//!   answers as guardians who answered (`definitions::tells_of`). Where a metric is within another one
//!   (`definitions::within`), it is also looked at how many are in the wider one alone, and where nobody is, it hides
//!   what that one hides.
//! - **Of a period within another one** (`Sheet::tally`): a month and its last week look at the same students on the
//!   same day, and who had contact in the week had it in the month. So of coverage it is also looked at how many are
//!   met in a month and not in its last week, and the same of a school year. It is the longer one that is hidden: weeks
//!   are what is looked at most. Where nobody is, it hides what the shorter one hides.
//! - **Secondary among siblings** (`balance.rs`): what is hidden under one sum is at least two figures, three schools
//!   for outside, of which the sum passes the same rules; still without the largest school, for its own team knows that
//!   one.
//! - **Beside figures that are the same** (`beside.rs`, `pool.rs`): where all who had contact had a conversation, both
//!   metrics are the same, and so is a month that adds nobody to its last week. A figure that is hidden in one of them
//!   alone protects nothing, and the sum of several that are known in one is known in the other. So what is the same does
//!   not count beside what is not; and where something that is not the same is hidden in the wider metric or the shorter
//!   period, it is here too. A sum is hidden as well where all of a few who are left over are in one of its parts.
//! - **Secondary across** (`slack.rs`): places × languages and places × periods are tables with sums on both sides, and
//!   what is hidden twice in every line can still be told. A hidden count is told exactly if it is the one bridge
//!   between two parts of the graph of hidden counts (D. Gusfield, *A Graph Theoretic Approach to Statistical Data
//!   Security*, SIAM J. Comput. 17, 1988). So whoever hides anything in a table hides the same one column too, the
//!   slack. Two hidden lines then meet in two columns, everything hidden lies on a ring of four, and no bridge is left.
//! - **Class groups × languages** (`weave.rs`): both sums are shown inside and the counts between them are not.
//!
//! Only counts of events add up over time: weeks to months, and months to school years. By language they are made per
//! month only, which leaves no third direction.
//!
//! Reasons do not tell which figure of a metric started it: outside all that is hidden of a period for another reason
//! than its denominator has the same reason.
//!
//! `attack.rs` tries it: it solves all that is shown of all metrics as linear equations and looks for what is hidden.
//! In a thousand schools it finds nothing. Not covered is
//!
//! - who kept what was shown before cells changed;
//! - what differs from one period to the next. Of students and how they stand, figures of two weeks are of nearly the
//!   same people: 90 of 130 and then 91 of 131 tells of the one who came. Who knows that nobody came or left may also
//!   take figures of one week for those of another, and compare a month with a week that is not its last one;
//! - what follows from bounds: that of a sum of which nobody is met, or everybody, each part is so too, and that nobody
//!   answered where there is no trust;
//! - who came of `NO_SHOW` as those of `CONVERSATION_COVERAGE`: that what is hidden there is hidden here is tested by
//!   itself;
//! - that several events may be of the same few people: twelve addressed students may be four, three times. Where there
//!   are that few altogether, it is hidden as of a family; where a few were chosen among many, it is not.
//!
//! Time is O(n log n) in cells, but where siblings cannot be settled: then each is weighed against those hidden so far.

#[cfg(test)]
mod attack;
mod balance;
mod beside;
mod decided;
#[cfg(test)]
mod equations;
#[cfg(test)]
mod invented;
mod pool;
mod rules;
#[cfg(test)]
mod seen;
mod sheet;
mod slack;
#[cfg(test)]
mod tied;
mod weave;

use std::collections::BTreeMap;
use std::ops::AddAssign;

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::{Level, Metric, Span, Suppression};
use uuid::Uuid;

use self::decided::Before;
pub use self::decided::Decided;
use self::rules::Look;
use self::sheet::{ALL, Audience, Index, Key, ROOT, Sheet};
use super::definitions::{self, Counting, Unit};

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
    /// The key of the period.
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
struct Terms {
    counting: Counting,
    /// k of all figures but those by language.
    least: i64,
    /// k of figures by language.
    least_by_language: i64,
    /// At what the team of a school is not to look.
    inside: Look,
    /// At what nobody else is to look.
    outside: Look,
}

impl Terms {
    /// For `metric`, at a board that wishes a k of at least `wished`; 0 if it has no wish.
    fn of(metric: Metric, wished: i64) -> Self {
        let definition = definitions::of(metric);
        let own = definitions::least(metric);
        let (inside, outside) = if definition.unit == Unit::Answer {
            (Look::Answers, Look::Answers)
        } else if own == LEAST_SENSITIVE {
            (Look::Everything, Look::Everything)
        } else {
            (Look::Denominator, Look::Everything)
        };
        Self {
            counting: definition.counting,
            // Lessons are nobody, whatever the board wishes.
            least: if own == 1 { own } else { own.max(wished) },
            least_by_language: LEAST_SENSITIVE.max(wished),
            inside,
            outside,
        }
    }

    /// The same where nothing but how many there are is told.
    fn of_numbers(self) -> Self {
        Self { inside: Look::Denominator, outside: Look::Denominator, ..self }
    }
}

/// What is decided of a metric.
struct Sheets<'a> {
    board_wide: Sheet<'a>,
    /// What the team of each school sees, in the order of `Index::school`.
    teams: BTreeMap<SchoolId, Sheet<'a>>,
}

impl<'a> Sheets<'a> {
    fn of(board: BoardId, index: &'a Index, cells: &[Cell], before: Before<'_>) -> Self {
        let teams = teams(index, cells, before);
        let mut board_wide = Sheet::new(index, Audience::Outside, Level::Board, board.0);
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
        board_wide.heed(before);
        board_wide.decide();
        Self { board_wide, teams }
    }

    fn rows(&self) -> Vec<Figure> {
        let mut rows: Vec<Figure> = self.board_wide.published().map(|key| self.row(&self.board_wide, key)).collect();
        for team in self.teams.values() {
            let groups = team.published().filter(|key| key.place != ROOT);
            rows.extend(groups.map(|key| self.row(team, key)));
        }
        rows
    }

    fn row(&self, sheet: &Sheet<'_>, key: Key) -> Figure {
        let place = &sheet.places[key.place];
        let above = place.parent.map(|parent| &sheet.places[parent]);
        // A school without a cluster hangs on the board, and has no parent.
        let parent = above.filter(|above| place.level != Level::School || above.level == Level::Cluster);
        let why = sheet.hidden.get(&key).copied();
        let (inside, outside) = match place.level {
            Level::Board | Level::Cluster => (why, why),
            Level::School => {
                let team = self.teams.get(&SchoolId(place.id));
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
}

fn teams<'a>(index: &'a Index, cells: &[Cell], before: Before<'_>) -> BTreeMap<SchoolId, Sheet<'a>> {
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
        team.heed(before);
        team.decide();
    }
    teams
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

    /// The figures of `metric`, after those of all that it heeds.
    fn made_of(metric: Metric, wished: i64, cells: &[Cell]) -> Vec<Figure> {
        let mut decided = Decided::nothing(BoardId(id(1)), wished);
        for before in [definitions::first(definitions::family(metric))].into_iter().chain(definitions::within(metric)) {
            decided.figures(before, cells);
        }
        decided.figures(metric, cells)
    }

    fn made(cells: &[Cell]) -> Vec<Figure> {
        made_of(Metric::TwoWay, 0, cells)
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
        let rows = made_of(Metric::TwoWay, 25, &cells);
        assert_eq!(of(&rows, 100).inside, Some(Suppression::SmallDenominator));
    }

    #[test]
    fn lessons_are_shown_whatever_a_board_wishes() {
        let cells = [cell(10, 100, 0, 1, 2), cell(10, 101, 0, 3, 3), cell(10, 102, 0, 0, 4)];
        for metric in [Metric::LessonsPrepared, Metric::LessonsTaught, Metric::ExperienceReturn] {
            let rows = made_of(metric, 25, &cells);
            assert!(rows.iter().all(|row| (row.inside, row.outside) == (None, None)), "{metric:?}");
        }
    }

    #[test]
    fn the_team_is_not_told_what_each_answered() {
        let group = |number, met, of| cell(10, 100, number, met, of);
        let own = |metric, cells: &[Cell]| {
            let rows = made_of(metric, 0, cells);
            [1000, 1001, 1002].map(|place| of(&rows, place).inside)
        };
        let extreme = Some(Suppression::SensitiveExtreme);
        let same = [group(1000, 0, 10), group(1001, 14, 28), group(1002, 12, 12)];
        assert_eq!(own(Metric::GuardianTrust, &same), [extreme, None, extreme], "nobody trusts, or everybody");
        assert_eq!(own(Metric::TwoWay, &same), [None; 3], "the team knows with whom it spoke");
        let few = [group(1000, 3, 14), group(1001, 14, 28), group(1002, 12, 24)];
        assert_eq!(own(Metric::SurveyResponse, &few), [extreme, None, extreme]);
        let many = [group(1000, 12, 24), group(1001, 14, 28), group(1002, 12, 30)];
        assert_eq!(own(Metric::GuardianTrust, &many), [None; 3]);
    }

    #[test]
    fn metrics_of_the_same_students_hide_the_same_few() {
        let school = |(number, (met, of)): (u128, (i64, i64))| cell(10, number, 1000 + number, met, of);
        let cells = |counts: [(i64, i64); 6]| (100..).zip(counts).map(school).collect::<Vec<Cell>>();
        // In the first, two that are nearly all met would be enough beside the small one.
        let extreme = cells([(1, 3), (12, 25), (14, 28), (36, 40), (41, 45), (50, 100)]);
        let calm = cells([(1, 3), (12, 25), (14, 28), (20, 40), (22, 45), (50, 100)]);
        let mut decided = Decided::nothing(BoardId(id(1)), 0);
        let mut hidden = |metric, cells: &[Cell]| {
            let rows = decided.figures(metric, cells);
            outside(&rows, 100..=105).iter().map(Option::is_some).collect::<Vec<bool>>()
        };
        let (contactability, two_way) = (hidden(Metric::Contactability, &extreme), hidden(Metric::TwoWay, &calm));
        assert_eq!(contactability, [true, true, true, true, true, false]);
        assert_eq!(two_way, [true, true, true, false, false, false]);
    }

    #[test]
    fn a_metric_that_tells_who_is_met_in_another_one_hides_what_that_one_hides() {
        let cells = |counts: [(i64, i64); 4]| {
            let school = |(number, (met, of)): (u128, (i64, i64))| cell(10, number, 1000 + number, met, of);
            (100..).zip(counts).map(school).collect::<Vec<Cell>>()
        };
        let extreme = cells([(97, 100), (25, 50), (26, 52), (30, 60)]);
        let calm = cells([(60, 97), (12, 25), (13, 26), (15, 30)]);
        let hidden = |rows: &[Figure]| outside(rows, 100..=103).iter().map(Option::is_some).collect::<Vec<bool>>();
        for metric in [Metric::GuardianTrust, Metric::NoShow] {
            assert_eq!(hidden(&made_of(metric, 0, &calm)), [false; 4], "{metric:?} by itself");
            let mut decided = Decided::nothing(BoardId(id(1)), 0);
            let other = decided.figures(definitions::tells_of(metric).unwrap(), &extreme);
            assert_eq!(hidden(&other), [true, true, true, false], "three did not answer, or had no conversation");
            let rows = decided.figures(metric, &calm);
            assert_eq!(hidden(&rows), [true, true, true, false], "{metric:?}");
            assert_eq!(of(&rows, 100).inside.is_some(), of(&other, 100).inside.is_some(), "{metric:?}");
        }
    }

    #[test]
    fn a_few_who_are_met_earlier_in_the_month_only_are_hidden() {
        let school = |(number, (met, in_week, of)): (u128, (i64, i64, i64))| {
            let last = cell(10, number, 1000 + number, in_week, of);
            let week = Cell { starts_on: "2026-10-26".parse().unwrap(), ..last };
            let counts = Counts { numerator: met, ..week.counts };
            [Cell { span: Span::Month, starts_on: "2026-10-01".parse().unwrap(), counts, ..week.clone() }, week]
        };
        let hidden = |metric, counts: [(i64, i64, i64); 4]| {
            let cells: Vec<Cell> = (100..).zip(counts).flat_map(school).collect();
            let rows = made_of(metric, 0, &cells);
            [Span::Month, Span::Week].map(|span| {
                let own: Vec<Figure> = rows.iter().filter(|row| row.span == span).cloned().collect();
                outside(&own, 100..=103).iter().map(Option::is_some).collect::<Vec<bool>>()
            })
        };
        let few = [(60, 58, 100), (30, 20, 50), (31, 20, 52), (40, 20, 60)];
        let [month, week] = hidden(Metric::TwoWay, few);
        assert_eq!((month, week), (vec![true, true, true, false], vec![false; 4]), "two had contact earlier only");
        // Of the second nobody had contact earlier only: its month would tell what its week hides for the first.
        let same = [(30, 3, 60), (20, 20, 50), (31, 20, 52), (40, 20, 58)];
        let [month, week] = hidden(Metric::TwoWay, same);
        assert_eq!((month, week), (vec![false, true, true, true], vec![true, true, true, false]));
    }

    #[test]
    fn a_few_who_are_in_the_wider_metric_only_are_hidden() {
        let cells = |met: [i64; 4]| {
            let school = |(number, met): (u128, i64)| cell(10, number, 1000 + number, met, 60);
            (100..).zip(met).map(school).collect::<Vec<Cell>>()
        };
        let mut decided = Decided::nothing(BoardId(id(1)), 0);
        decided.figures(Metric::Contactability, &cells([30; 4]));
        decided.figures(Metric::TwoWay, &cells([30; 4]));
        let rows = decided.figures(Metric::ConversationCoverage, &cells([28, 20, 20, 30]));
        let hidden: Vec<bool> = outside(&rows, 100..=103).iter().map(Option::is_some).collect();
        assert_eq!(hidden, [true, true, true, false], "two of the first were met by message alone");
    }
}
