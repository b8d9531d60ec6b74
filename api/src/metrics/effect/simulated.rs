//! The interval against histories with a known effect.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::interval::Random;
use super::reference::week;
use super::rules::{School, Teaching, read};

/// Weeks of a history.
const WEEKS: usize = 40;
/// Histories of a full check.
const HISTORIES: u64 = 500;

/// In which week each school gets the lesson, in a history of chance.
type Design = fn(&mut Random) -> Vec<Option<i64>>;

/// Twelve schools get it in one of fifteen weeks, eight never.
fn some_never(random: &mut Random) -> Vec<Option<i64>> {
    let taught: Vec<Option<i64>> = (0..12).map(|_| Some(6 + below(random, 15))).collect();
    [taught, vec![None; 8]].concat()
}

/// Sixteen schools all get it, within 28 weeks: those that are not yet there are all there is to compare with.
fn all_in_the_end(random: &mut Random) -> Vec<Option<i64>> {
    (0..16).map(|_| Some(6 + below(random, 28))).collect()
}

/// Four schools get it, five never.
fn few(_: &mut Random) -> Vec<Option<i64>> {
    [vec![Some(8), Some(10), Some(12), Some(13)], vec![None; 5]].concat()
}

fn unit(random: &mut Random) -> f64 {
    let high = u32::try_from(random.draw() >> 32).unwrap();
    f64::from(high) / 4_294_967_296.0
}

fn below(random: &mut Random, end: u64) -> i64 {
    i64::try_from(((random.draw() >> 32) * end) >> 32).unwrap()
}

/// Nearly normal, around 0, with variance 1: the sum of twelve uniform numbers less 6.
fn normal(random: &mut Random) -> f64 {
    (0..12).map(|_| unit(random)).sum::<f64>() - 6.0
}

/// Schools differ in level, weeks in what happens to all of them; what is peculiar to a school in a week lasts a while;
/// and the lesson does more at one than at another, `effect` on average.
fn history(random: &mut Random, design: Design, effect: f64) -> Vec<School> {
    let taught = design(random);
    let shocks: Vec<f64> = (0..WEEKS).map(|_| 0.05 * normal(random)).collect();
    (0..).zip(taught).map(|(id, taught)| school(random, id, taught, &shocks, effect)).collect()
}

fn school(random: &mut Random, id: u128, taught: Option<i64>, shocks: &[f64], effect: f64) -> School {
    let level = 0.6 + 0.1 * normal(random);
    let effect = effect + 0.03 * normal(random);
    let mut noise = 0.0;
    let mut weeks = BTreeMap::new();
    for (at, shock) in (0..).zip(shocks) {
        let new = normal(random);
        noise = if at == 0 { new } else { 0.5 * noise + 0.75_f64.sqrt() * new };
        let moved = if taught.is_some_and(|taught| taught <= at) { effect } else { 0.0 };
        weeks.insert(week(at), level + shock + 0.06 * noise + moved);
    }
    let teaching = taught.map(|at| Teaching { first: week(at), last: Some(week(at)) });
    School { id: Uuid::from_u128(id), teaching, weeks }
}

/// In how many of `histories` the interval holds the truth, and the mean of the estimates.
fn held(design: Design, effect: f64, histories: u64) -> (u64, f64) {
    let (mut held, mut sum) = (0, 0.0);
    for seed in 0..histories {
        let schools = history(&mut Random(seed), design, effect);
        let told = read(&schools, week(39), seed).effect.unwrap();
        held += u64::from(told.low <= effect && effect <= told.high);
        sum += told.estimate;
    }
    (held, sum / f64::from(u32::try_from(histories).unwrap()))
}

#[test]
fn the_interval_holds_the_truth_in_a_short_run() {
    let (of_some, mean) = held(some_never, 0.1, 60);
    assert!((54..=60).contains(&of_some), "{of_some}");
    assert!((mean - 0.1).abs() < 0.01, "{mean}");
    let (of_none, _) = held(all_in_the_end, 0.0, 60);
    assert!((54..=60).contains(&of_none), "{of_none}");
}

/// `cargo test -p glans --release -- --ignored effect::simulated`
#[test]
#[ignore = "3,000 bootstraps take half a minute in a debug build"]
fn the_interval_holds_the_truth_in_93_to_97_of_100_histories() {
    let designs: [Design; 3] = [some_never, all_in_the_end, few];
    for design in designs {
        let (truth, mean) = held(design, 0.1, HISTORIES);
        assert!((465..=485).contains(&truth), "{truth} of {HISTORIES}");
        assert!((mean - 0.1).abs() < 0.005, "{mean}");
        // Where the lesson does nothing, nothing is found.
        let (nothing, mean) = held(design, 0.0, HISTORIES);
        assert!((465..).contains(&nothing), "{nothing} of {HISTORIES}");
        assert!(mean.abs() < 0.005, "{mean}");
    }
}
