//! What nobody is told, and how much is shown all the same.

use std::collections::BTreeMap;

use glans_entity::metrics::{Level, Metric, Span};
use uuid::Uuid;

use super::{decided, told};
use crate::metrics::figures::Figure;
use crate::metrics::figures::invented::{Board, Invented, Temper, week};

/// In the order in which they are decided.
const METRICS: [Metric; 8] = [
    Metric::Contactability,
    Metric::Reach,
    Metric::TwoWay,
    Metric::PositiveContact,
    Metric::ConversationCoverage,
    Metric::SurveyResponse,
    Metric::GuardianTrust,
    Metric::FullEngagement,
];
/// Those of which it is measured how much they show.
const MEASURED: [Metric; 3] = [Metric::Contactability, Metric::Reach, Metric::TwoWay];

/// Attacks boards until there were so many schools: as nobody in particular, and from every `one_in`th school.
fn attack(schools: usize, one_in: usize) {
    let mut attacked = 0;
    for seed in 0.. {
        if attacked >= schools {
            break;
        }
        let board = Board::invented(seed, if seed % 2 == 0 { Temper::Rough } else { Temper::Calm });
        let invented = METRICS.map(|metric| board.counted(metric));
        let told = told(&invented, &decided(&invented), board.schools().step_by(one_in));
        assert_eq!(told, Vec::<String>::new(), "board {seed}");
        attacked += board.schools().count();
    }
}

#[test]
fn nobody_is_told_of_a_few() {
    attack(20, 20);
}

#[test]
#[ignore = "takes minutes: cargo test --lib -p glans figures::attack -- --ignored"]
fn nobody_is_told_of_a_few_in_a_thousand_schools() {
    attack(1_000, 2);
}

/// Of a cluster of six schools how many are met.
fn schools(metric: Metric, met: [i64; 6]) -> Invented {
    let counts = (100..).zip(met).zip([3, 25, 28, 40, 45, 100]);
    let counts: Vec<_> = counts.map(|((school, met), of)| (school, "nl", met, of)).collect();
    week(metric, &counts)
}

#[test]
fn what_each_of_two_metrics_hides_by_itself_the_other_one_tells() {
    // Two that are nearly all met are enough beside the small one; else the next smallest are.
    let extreme = [1, 12, 14, 36, 41, 50];
    let calm = [1, 12, 14, 20, 22, 50];
    let metrics = [(Metric::Contactability, calm), (Metric::TwoWay, extreme), (Metric::PositiveContact, calm)];
    let invented = metrics.map(|(metric, met)| schools(metric, met));

    let apart: Vec<_> = invented[1..].iter().flat_map(|it| decided(std::slice::from_ref(it))).collect();
    let told_apart = told(&invented[1..], &apart, std::iter::empty());
    assert!(told_apart.iter().any(|told| told.contains("denominator: 3,")), "{told_apart:?}");
    for (metric, figures) in invented[1..].iter().zip(&apart) {
        let alone = told(std::slice::from_ref(metric), std::slice::from_ref(figures), std::iter::empty());
        assert_eq!(alone, Vec::<String>::new(), "one of them tells nothing");
    }

    let teams = (100..106).map(Uuid::from_u128);
    assert_eq!(told(&invented, &decided(&invented), teams), Vec::<String>::new());
}

#[test]
fn languages_that_the_team_does_not_see_are_told_by_no_metric() {
    let speakers = |metric, turkish| {
        let school = |school| {
            [(school, "nl", 60, 100), (school, "tr", turkish, 30), (school, "ar", 12, 25), (school, "ti", 1, 3)]
        };
        let counts: Vec<_> = (100..104).flat_map(school).collect();
        week(metric, &counts)
    };
    let invented = [speakers(Metric::Contactability, 21), speakers(Metric::TwoWay, 15)];
    let figures = decided(&invented);
    let hidden = |figures: &[Figure]| -> Vec<String> {
        let own = figures.iter().filter(|it| it.level == Level::School && it.place == Uuid::from_u128(101));
        own.filter(|figure| figure.outside.is_some()).map(|figure| figure.language.clone()).collect()
    };
    assert_eq!(hidden(&figures[0]), ["ar", "ti", "tr"], "21 of 30 are all but a few");
    assert_eq!(hidden(&figures[1]), ["ar", "ti"], "15 of 30 are not");
    let teams = (100..104).map(Uuid::from_u128);
    assert_eq!(told(&invented, &figures, teams), Vec::<String>::new());
}

#[test]
fn how_many_answers_there_are_tells_nothing_of_who_answered() {
    // Beside the three answers each by itself hides what is smallest, which is not the same.
    let answered = [(3, 100), (30, 40), (33, 44), (20, 120), (25, 130), (100, 200)];
    let trusting = [2, 15, 16, 10, 12, 50];
    let counts = |met: [(i64, i64); 6]| (100_u128..).zip(met).map(|(school, (met, of))| (school, "nl", met, of));
    let response = week(Metric::SurveyResponse, &counts(answered).collect::<Vec<_>>());
    let trust = std::array::from_fn(|at| (trusting[at], answered[at].0));
    let trust = week(Metric::GuardianTrust, &counts(trust).collect::<Vec<_>>());
    let invented = [response, trust];

    let apart: Vec<_> = invented.iter().flat_map(|it| decided(std::slice::from_ref(it))).collect();
    let told_apart = told(&invented, &apart, std::iter::empty());
    let is_of_three = |told: &String| told.contains("SurveyResponse") && told.contains("numerator: 3,");
    assert!(told_apart.iter().any(is_of_three), "{told_apart:?}");

    let teams = (100..106).map(Uuid::from_u128);
    assert_eq!(told(&invented, &decided(&invented), teams), Vec::<String>::new());
}

/// Of figures of schools that count at least 100, by metric and span: how many there are, and how many are shown outside.
fn shown(metrics: &[Metric], boards: u64, temper: Temper) -> BTreeMap<(Metric, Span), [usize; 2]> {
    let mut shown: BTreeMap<_, [usize; 2]> = BTreeMap::new();
    for seed in 0..boards {
        let board = Board::invented(seed, temper);
        let invented: Vec<Invented> = metrics.iter().map(|metric| board.counted(*metric)).collect();
        for (metric, figures) in metrics.iter().zip(decided(&invented)) {
            let of_schools = figures.iter().filter(|it| it.level == Level::School && it.language.is_empty());
            for figure in of_schools.filter(|figure| figure.counts.denominator >= 100) {
                let [all, shown] = shown.entry((*metric, figure.span)).or_default();
                *all += 1;
                *shown += usize::from(figure.outside.is_none());
            }
        }
    }
    shown
}

/// Of a hundred weekly figures of schools that count at least 100, so many are shown outside.
fn shown_weeks(shown: &BTreeMap<(Metric, Span), [usize; 2]>) -> usize {
    let weeks = MEASURED.iter().filter_map(|metric| shown.get(&(*metric, Span::Week)));
    let [all, shown] = weeks.fold([0, 0], |[all, shown], [more, of_these]| [all + more, shown + of_these]);
    shown * 100 / all
}

#[test]
fn most_large_schools_show_their_weeks() {
    assert!(shown_weeks(&shown(&MEASURED, 1, Temper::Calm)) >= 80);
}

/// With `--nocapture` it says how much is shown of each metric.
#[test]
#[ignore = "takes minutes: cargo test --lib -p glans figures::attack -- --ignored"]
fn most_large_schools_show_their_weeks_in_many_boards() {
    for (temper, least) in [(Temper::Calm, 80), (Temper::Rough, 50)] {
        let shown = shown(&METRICS, 30, temper);
        for ((metric, span), [all, shown]) in &shown {
            println!("{temper:?} {metric:?} {span:?}: {} % of {all}", shown * 100 / all);
        }
        assert!(shown_weeks(&shown) >= least, "{temper:?}");
    }
}
