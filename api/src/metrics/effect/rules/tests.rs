//! Effects that are known, and what does not change them.

use proptest::prelude::*;

use super::*;
use crate::metrics::effect::reference::{schools, week};

const PLAIN: [&str; 7] = [
    " 4 | 50 50 50 50 55 60 60 60 60",
    " 4 | 40 40 40 40 40 50 50 50 50",
    " 4 | 70 70 70 70 70 80 80 80 80",
    " - | 50 50 50 50 52 52 52 52 52",
    " - | 60 60 60 60 62 62 62 62 62",
    " - | 20 20 20 20 22 22 22 22 22",
    " - | 90 90 90 90 92 92 92 92 92",
];

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

fn effect(schools: &[School], known: i64) -> Effect {
    read(schools, week(known), 1).effect.unwrap()
}

#[test]
fn what_happened_to_all_in_the_same_weeks_is_taken_off() {
    let read = read(&schools(&PLAIN), week(8), 1);
    assert!(close(read.effect.unwrap().estimate, 0.08), "{read:?}");
    assert_eq!((read.taught, read.comparison, read.weeks.len()), (3, 4, 9));
    let (before, during, after) = (read.weeks[0], read.weeks[4], read.weeks[8]);
    assert_eq!((before.offset, during.offset, after.offset), (-4, 0, 4));
    let third = |sum: f64| Some(sum / 3.0);
    let same = |one: Option<f64>, other: Option<f64>| close(one.unwrap(), other.unwrap());
    assert!(same(before.taught, third(1.6)) && same(during.taught, third(1.65)) && same(after.taught, third(1.9)));
    assert!(same(before.comparison, Some(0.55)) && same(after.comparison, Some(0.57)));
}

#[test]
fn the_interval_is_of_the_schools_and_not_of_chance() {
    let one = effect(&schools(&PLAIN), 8);
    assert_eq!(one, effect(&schools(&PLAIN), 8));
    assert!(close(one.estimate - one.low, one.high - one.estimate));
    // All changed alike: there is nothing to doubt.
    assert!(close(one.low, one.high));
}

#[test]
fn below_three_schools_on_either_side_nothing_is_said() {
    let few_taught = read(&schools(&PLAIN[1..]), week(8), 1);
    assert_eq!((few_taught.taught, few_taught.effect, few_taught.weeks.len()), (2, None, 0));
    let few_others = read(&schools(&PLAIN[..5]), week(8), 1);
    assert_eq!((few_others.comparison, few_others.effect, few_others.weeks.len()), (0, None, 0));
    assert_eq!(read(&[], week(8), 1), Reading::default());
}

#[test]
fn a_school_counts_once_its_four_weeks_are_over() {
    assert_eq!(read(&schools(&PLAIN), week(7), 1).taught, 0);
    assert_eq!(read(&schools(&PLAIN), week(8), 1).taught, 3);
}

#[test]
fn two_weeks_on_each_side_are_enough() {
    let holidays = PLAIN.map(|line| line.replace("50 50 50 50", "-- 50 -- 50"));
    let lines = holidays.each_ref().map(String::as_str);
    assert_eq!(read(&schools(&lines), week(8), 1).taught, 3);
    let longer = ["-- -- -- 50 55 60 60 60 60", "50 50 50 50 55 60 -- -- --"];
    for weeks in longer {
        let line = format!(" 4 | {weeks}");
        let mut lines = PLAIN;
        lines[0] = &line;
        assert_eq!(read(&schools(&lines), week(8), 1).taught, 2, "{weeks}");
    }
}

#[test]
fn who_begins_within_the_four_weeks_is_no_comparison() {
    let mut schools = schools(&PLAIN);
    schools[3].teaching = Some(Teaching { first: week(8), last: None });
    assert_eq!(read(&schools, week(8), 1).comparison, 3);
    schools[3].teaching = Some(Teaching { first: week(9), last: None });
    assert_eq!(read(&schools, week(8), 1).comparison, 4);
}

#[test]
fn a_team_that_gets_it_in_parts_is_compared_round_all_of_them() {
    let lines = [
        " 4 | 50 50 50 50 90 90 60 60 60 60",
        " 4 | 40 40 40 40 10 10 50 50 50 50",
        " 4 | 70 70 70 70 70 10 80 80 80 80",
        " - | 50 50 50 50 50 50 50 50 50 50",
        " - | 60 60 60 60 60 60 60 60 60 60",
        " - | 20 20 20 20 20 20 20 20 20 20",
    ];
    let mut schools = schools(&lines);
    for school in &mut schools[..3] {
        school.teaching = Some(Teaching { first: week(4), last: Some(week(5)) });
    }
    assert!(close(effect(&schools, 9).estimate, 0.1));
    schools[0].teaching = Some(Teaching { first: week(4), last: None });
    assert_eq!(read(&schools, week(9), 1).taught, 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn neither_order_nor_level_of_the_schools_matters(
        values in prop::collection::vec(prop::collection::vec(prop::option::weighted(0.9, 0_u32..=100), 20), 9..14),
        taught in prop::collection::vec(prop::option::weighted(0.6, 4_i64..14), 14),
        levels in prop::collection::vec(-50_i32..50, 14),
        turned in 0_usize..14,
    ) {
        let of = |at: usize, level: f64| School {
            id: Uuid::from_u128(at as u128),
            teaching: taught[at].map(|at| Teaching { first: week(at), last: Some(week(at)) }),
            weeks: (0..).zip(&values[at]).filter_map(|(at, value)| {
                value.map(|value| (week(at), f64::from(value) / 100.0 + level))
            }).collect(),
        };
        let told = |level: &dyn Fn(usize) -> f64| -> Vec<School> {
            (0..values.len()).map(|at| of(at, level(at))).collect()
        };
        let plain = told(&|_| 0.0);
        let first = read(&plain, week(19), 7);
        let mut others = plain.clone();
        others.reverse();
        others.rotate_left(turned % plain.len());
        prop_assert_eq!(&read(&others, week(19), 7), &first);
        let raised = read(&told(&|_| 0.25), week(19), 7);
        let apart = read(&told(&|at| f64::from(levels[at]) / 100.0), week(19), 7);
        for moved in [raised, apart] {
            prop_assert_eq!((moved.taught, moved.comparison), (first.taught, first.comparison));
            prop_assert_eq!(moved.effect.is_some(), first.effect.is_some());
            if let Some((moved, effect)) = moved.effect.zip(first.effect) {
                prop_assert!(close(moved.estimate, effect.estimate));
                prop_assert!(close(moved.low, effect.low) && close(moved.high, effect.high));
            }
        }
    }
}
