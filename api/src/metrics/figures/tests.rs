//! Few are hidden, and what tells of them; the rest is shown.

use glans_entity::ids::BoardId;

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
