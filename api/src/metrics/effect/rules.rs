//! Difference in differences, compared by group and time. Pure.
//!
//! Schools get a lesson in different weeks. Each that got it is compared by itself: its change from the four weeks
//! before to the four weeks after, less the mean change in the same calendar weeks of the schools that had not begun
//! with the lesson by the end of them. The estimate is the mean over the schools that got it, each counting once,
//! however many students it has: so the effects of those that got it in the same week are averaged by how many they
//! are. With no week missing that is, for the weeks 1 to 4, the group-time effect of Callaway and Sant'Anna with the
//! not yet treated as comparison, less the same for the weeks -4 to -1 (*Journal of Econometrics* 225(2), 2021,
//! 200-230). They compare with whoever is not treated by the week in question; here a comparison is the same schools
//! over all eight weeks.
//!
//! A week of holidays has no figures, and a figure may be hidden. So changes are taken between pairs of weeks, one
//! before and one after, over the schools that have both, and averaged: a week that one school lacks is lacking on both
//! sides, and neither what is peculiar to a school nor what is peculiar to a week enters. The weeks in which the team
//! gets the lesson are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::interval::{self, Influence};

/// Weeks that are compared, before the lesson and after it.
const WEEKS: i32 = 4;
/// Where they stand in a [`Window`].
const BEFORE: Range<usize> = 0..4;
const AFTER: Range<usize> = 5..9;
/// Schools on each side, at least: below it nothing is said, and no comparison is made.
const FEWEST_SCHOOLS: usize = 3;
/// Weeks with a figure on each side of the lesson, at least.
const FEWEST_WEEKS: usize = 2;

/// A school as it is compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct School {
    pub id: Uuid,
    /// None: it has not begun with the lesson.
    pub teaching: Option<Teaching>,
    /// The metric, 0 to 1, by the Monday of the week. One that is not known or not shown is missing.
    pub weeks: BTreeMap<NaiveDate, f64>,
}

/// The weeks in which a team gets the lesson, by their Mondays: part-timers may have it later than the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Teaching {
    pub first: NaiveDate,
    /// None while some of the team are still to get it: the school had it not yet, and is not without it either.
    pub last: Option<NaiveDate>,
}

/// What the figures say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    /// None with too few schools.
    pub effect: Option<Effect>,
    /// Schools that got the lesson and could be compared.
    pub taught: usize,
    /// Schools that at least one of them was compared with.
    pub comparison: usize,
    /// Empty with too few schools.
    pub weeks: Vec<Week>,
}

/// By how much the metric changed, from 0 to 1, with the bounds of its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Effect {
    pub estimate: f64,
    pub low: f64,
    pub high: f64,
}

/// The means of a week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Week {
    /// Negative: before the teaching. 0: its first week.
    pub offset: i32,
    pub taught: Option<f64>,
    pub comparison: Option<f64>,
}

/// The figures of the weeks round a lesson, from four weeks before it to four weeks after it.
type Window = Vec<Option<f64>>;

/// A school that got the lesson, against the others.
struct Compared {
    at: usize,
    difference: f64,
    pairs: Vec<Pair>,
    own: Window,
    others: Vec<(usize, Window)>,
}

/// A week before and a week after.
struct Pair {
    before: usize,
    after: usize,
    /// The change of the school, less the mean change of the others.
    difference: f64,
    /// Of each other school, how far its change is from their mean.
    deviations: Vec<(usize, f64)>,
}

/// Reads the effect off `schools`, of which figures are known up to the week that begins on `known`. The order of the
/// schools does not matter; the same `seed` gives the same interval.
pub(super) fn read(schools: &[School], known: NaiveDate, seed: u64) -> Reading {
    let mut schools: Vec<&School> = schools.iter().collect();
    schools.sort_by_key(|school| school.id);
    let compared: Vec<Compared> = (0..schools.len()).filter_map(|at| compare(&schools, at, known)).collect();
    let deviations = compared.iter().flat_map(|one| &one.pairs).flat_map(|pair| &pair.deviations);
    let (taught, comparison) = (compared.len(), deviations.map(|(at, _)| at).collect::<BTreeSet<_>>().len());
    let enough = taught >= FEWEST_SCHOOLS && comparison >= FEWEST_SCHOOLS;
    let Some(estimate) = mean(compared.iter().map(|one| one.difference)).filter(|_| enough) else {
        return Reading { taught, comparison, ..Reading::default() };
    };
    let margin = interval::margin(&influence(&compared, estimate, schools.len()), seed);
    let effect = Effect { estimate, low: estimate - margin, high: estimate + margin };
    Reading { effect: Some(effect), taught, comparison, weeks: weeks(&compared) }
}

/// Compares the school at this place with those that had not begun with the lesson by the end of its four weeks after;
/// none where it cannot be compared yet, or with too few.
fn compare(schools: &[&School], at: usize, known: NaiveDate) -> Option<Compared> {
    let first = schools[at].teaching?.first;
    let last = schools[at].teaching?.last?;
    let end = monday(first, last, WEEKS);
    if end > known {
        return None;
    }
    let window = |school: &School| -> Window {
        (-WEEKS..=WEEKS).map(|offset| school.weeks.get(&monday(first, last, offset)).copied()).collect()
    };
    let not_yet = |school: &School| school.teaching.is_none_or(|teaching| teaching.first > end);
    let others: Vec<(usize, Window)> = (0..schools.len())
        .filter(|other| not_yet(schools[*other]))
        .map(|other| (other, window(schools[other])))
        .collect();
    let own = window(schools[at]);
    let pairs: Vec<Pair> = BEFORE
        .flat_map(|before| AFTER.map(move |after| (before, after)))
        .filter_map(|(before, after)| pair(&own, &others, before, after))
        .collect();
    let weeks = |side: fn(&Pair) -> usize| pairs.iter().map(side).collect::<BTreeSet<_>>().len();
    if weeks(|pair| pair.before) < FEWEST_WEEKS || weeks(|pair| pair.after) < FEWEST_WEEKS {
        return None;
    }
    let difference = mean(pairs.iter().map(|pair| pair.difference))?;
    Some(Compared { at, difference, pairs, own, others })
}

/// The Monday of the week so many weeks before or after the teaching.
fn monday(first: NaiveDate, last: NaiveDate, offset: i32) -> NaiveDate {
    let from = if offset > 0 { last } else { first };
    from + TimeDelta::weeks(offset.into())
}

fn pair(own: &Window, others: &[(usize, Window)], before: usize, after: usize) -> Option<Pair> {
    let change = |window: &Window| Some(window[after]? - window[before]?);
    let own_change = change(own)?;
    let changes: Vec<(usize, f64)> =
        others.iter().filter_map(|(at, window)| change(window).map(|change| (*at, change))).collect();
    if changes.len() < FEWEST_SCHOOLS {
        return None;
    }
    let usual = mean(changes.iter().map(|(_, change)| *change))?;
    let deviations = changes.into_iter().map(|(at, change)| (at, change - usual)).collect();
    Some(Pair { before, after, difference: own_change - usual, deviations })
}

/// How much each school moves the estimate: as one that got the lesson, and in comparisons. A spread round a mean of
/// few is too small; it is widened as Bessel does.
fn influence(compared: &[Compared], estimate: f64, schools: usize) -> Influence {
    let all = number(compared.len());
    let nothing = vec![0.0; schools];
    let mut influence =
        Influence { count: all, taught: nothing.clone(), comparison: nothing.clone(), weights: nothing };
    for one in compared {
        influence.taught[one.at] = widened(all) * (one.difference - estimate) / all;
        for pair in &one.pairs {
            let others = number(pair.deviations.len());
            let weight = 1.0 / (all * number(one.pairs.len()) * others);
            for (at, deviation) in &pair.deviations {
                influence.comparison[*at] -= weight * widened(others) * deviation;
                influence.weights[*at] += weight;
            }
        }
    }
    influence
}

fn widened(count: f64) -> f64 {
    (count / (count - 1.0)).sqrt()
}

/// The means by week, over the schools that got the lesson and are known in that week as well as three others.
fn weeks(compared: &[Compared]) -> Vec<Week> {
    let week = |(at, offset): (usize, i32)| {
        let known: Vec<(f64, f64)> = compared.iter().filter_map(|one| both(one, at)).collect();
        let taught = mean(known.iter().map(|(own, _)| *own));
        let comparison = mean(known.iter().map(|(_, usual)| *usual));
        Week { offset, taught, comparison }
    };
    (0..).zip(-WEEKS..=WEEKS).map(week).collect()
}

/// The figure of a school in a week, and the mean of those that it is compared with.
fn both(one: &Compared, at: usize) -> Option<(f64, f64)> {
    let others: Vec<f64> = one.others.iter().filter_map(|(_, window)| window[at]).collect();
    if others.len() < FEWEST_SCHOOLS {
        return None;
    }
    Some((one.own[at]?, mean(others.into_iter())?))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    (count > 0.0).then(|| sum / count)
}

fn number(count: usize) -> f64 {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::reference::{schools, week};
    use super::*;

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
}
