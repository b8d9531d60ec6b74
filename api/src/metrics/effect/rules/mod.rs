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

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use crate::metrics::effect::interval::{self, Influence};

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
