//! The attacker: asks all that a client may ask, of all metrics at once, and solves.
//!
//! Every shown count is an equation over the smallest counts there are: how many are counted, met and unknown of each
//! metric. Metrics that have the same denominators have those in common, so that what one shows helps with what another
//! hides; so do `GUARDIAN_TRUST`, of who answered, and `SURVEY_RESPONSE`. Of a metric within another one, the attacker
//! sees where both count the same, and takes the parts for the same too; likewise of a month that ends with a week. They
//! also see where all who are left over are in other shown parts of a sum: then the rest is the same.
//! They know where there is a row, also of what is hidden, and may be of the team of one of the schools.
//!
//! A board is safe if nothing is told of a hidden figure or a cell that counts 1 to k − 1: of whom is counted, met, not
//! met, unknown or known not to be met, of whom is in the wider metric alone, and of whom is met in the longer of two
//! periods alone.
//!
//! Excepted is what the team of a school that was in two clusters within a period learns of its own school: everybody
//! sees its parts by cluster. What is not tried stands in `mod.rs`.

use std::collections::BTreeMap;

use glans_entity::ids::BoardId;
use glans_entity::metrics::{Level, Metric, Span};
use uuid::Uuid;

use super::equations::{Line, Space};
use super::invented::{Atom, Board, Invented, Temper};
use super::rules::NOT_COUNTED;
use super::seen::{BOARD, Numbers, Of, Own, Row, Seen, What, difference};
use super::{Counts, Decided, Figure};
use crate::metrics::definitions;

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

struct Attack<'a> {
    seen: Vec<Seen<'a>>,
    /// Of a metric within another one, the blocks that are the same there: the number of either, what and the block.
    same: Vec<(usize, usize, What, usize)>,
    space: Space<'static>,
}

impl<'a> Attack<'a> {
    fn of(invented: &'a [Invented], figures: &'a [Vec<Figure>], numbers: &mut Numbers<'a>) -> Self {
        let mut seen: Vec<Seen<'a>> = Vec::new();
        let mut same = Vec::new();
        for (at, (invented, figures)) in invented.iter().zip(figures).enumerate() {
            let mut new = Seen::of(invented, figures, numbers);
            let whole = definitions::within(invented.metric);
            if let Some(whole) = seen.iter().position(|seen| Some(seen.invented.metric) == whole) {
                new.compare(&seen[whole].rows);
                same.extend(new.same().into_iter().map(|(what, block)| (at, whole, what, block)));
            }
            let told_of = definitions::tells_of(invented.metric);
            if let Some(other) = seen.iter().find(|seen| Some(seen.invented.metric) == told_of) {
                new.heed(&other.rows);
            }
            seen.push(new);
        }
        let mut attack = Self { seen, same, space: Space::default() };
        let shown = attack.seen.iter().flat_map(|seen| seen.rows.values()).filter(|row| row.is_shown);
        let mut lines: Vec<Line> = shown.flat_map(|row| row.sum.lines()).collect();
        for (at, whole, what, block) in &attack.same {
            let first = attack.seen[*at].blocks[*block].atoms[0];
            lines.push(attack.sameness((*at, *whole), *what, first, None, numbers));
        }
        lines.extend(attack.seen.iter().flat_map(Seen::stills));
        attack.space.add_all(lines);
        attack
    }

    /// That a count of an atom is the same in both metrics.
    fn sameness(
        &self,
        (at, whole): (usize, usize),
        what: What,
        atom: &'a Atom,
        group: Option<Uuid>,
        numbers: &mut Numbers<'a>,
    ) -> Line {
        let [own, wide] = [at, whole].map(|at| numbers.sum(self.seen[at].invented, atom, group));
        match what {
            What::Counted => difference(&own.counted, &wide.counted),
            What::Met => difference(&own.met, &wide.met),
            What::Unknown => difference(&own.unknown, &wide.unknown),
        }
    }

    /// What everybody is told and should not be.
    fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        for seen in &self.seen {
            let (metric, look) = (seen.invented.metric, seen.terms.outside);
            for (key, row) in &seen.rows {
                let is_board = key.1.is_empty() && matches!(key.0, Of::Anybody(Level::Board, ..));
                // What is shown is of nobody too few, but perhaps of the wider metric.
                let is_asked = |part: &usize| !row.is_shown || *part >= NOT_COUNTED && !is_board;
                let parts = row.few(look).filter(is_asked).filter(|part| row.is_told(*part, &self.space));
                told.extend(parts.map(|part| format!("{metric:?} {key:?} {part} of {:?}", row.tally)));
            }
            for (key, cell) in seen.cells() {
                let parts = cell.few(look).filter(|part| cell.is_told(*part, &self.space));
                told.extend(parts.map(|part| format!("{metric:?} cell {key} {part} of {:?}", cell.tally)));
            }
        }
        told
    }

    /// What the team of a school is told of other schools, or of its own, and should not be.
    fn told_to(&self, team: Uuid, numbers: &mut Numbers<'a>) -> Vec<String> {
        let own: Vec<Own<'a>> = self.seen.iter().map(|seen| Own::of(seen, numbers, team)).collect();
        let mut lines: Vec<Line> = own.iter().flat_map(|own| own.links.iter().cloned()).collect();
        let shown = own.iter().flat_map(|own| own.rows.values()).filter(|row| row.is_shown);
        lines.extend(shown.flat_map(|row| row.sum.lines()));
        for (at, whole, what, block) in &self.same {
            let block = &self.seen[*at].blocks[*block];
            for atom in block.atoms.iter().copied().filter(|atom| atom.school == team) {
                lines.push(self.sameness((*at, *whole), *what, atom, Some(atom.group), numbers));
            }
        }
        let mut space = Space::upon(&self.space);
        space.add_all(lines);
        let mut told = Vec::new();
        for (seen, own) in self.seen.iter().zip(&own) {
            told.extend(of_others(seen, team, &space));
            if !own.is_split {
                told.extend(of_own(seen, own, &space));
            }
        }
        told
    }
}

fn of_others(seen: &Seen<'_>, team: Uuid, space: &Space<'_>) -> Vec<String> {
    let look = seen.terms.outside;
    let mut told = Vec::new();
    for (key, row) in seen.rows.iter().filter(|(_, row)| !row.is_shown) {
        let few: Vec<usize> = match key.0 {
            Of::Anybody(Level::School, _, place) if place == team => Vec::new(),
            Of::Anybody(Level::School, ..) => row.few(look).collect(),
            // Of a sum also what is hidden in it of other schools.
            _ => {
                let others = Row { tally: seen.others(*key, team), least: row.least, ..Row::default() };
                let others: Vec<usize> = others.few(look).collect();
                row.few(look).filter(|part| others.contains(part)).collect()
            }
        };
        let parts = few.into_iter().filter(|part| row.is_told(*part, space));
        told.extend(parts.map(|part| format!("{team}: {:?} {key:?} {part} of {:?}", seen.invented.metric, row.tally)));
    }
    told
}

fn of_own(seen: &Seen<'_>, own: &Own<'_>, space: &Space<'_>) -> Vec<String> {
    let (metric, look) = (seen.invented.metric, seen.terms.inside);
    let mut told = Vec::new();
    for (key, row) in own.rows.iter().filter(|(_, row)| !row.is_shown) {
        let parts = row.few(look).filter(|part| row.is_told(*part, space));
        told.extend(parts.map(|part| format!("{metric:?} {key:?} {part} of {:?}", row.tally)));
    }
    for (key, cell) in &own.cells {
        let parts = cell.few(look).filter(|part| cell.is_told(*part, space));
        told.extend(parts.map(|part| format!("{metric:?} cell {key} {part} of {:?}", cell.tally)));
    }
    told
}

/// The figures of metrics that are decided one after the other.
pub(super) fn decided(invented: &[Invented]) -> Vec<Vec<Figure>> {
    let mut decided = Decided::nothing(BoardId(BOARD), 0);
    invented.iter().map(|it| decided.figures(it.metric, &it.cells)).collect()
}

/// What is told, to everybody and the teams of these schools.
pub(super) fn told(invented: &[Invented], figures: &[Vec<Figure>], teams: impl Iterator<Item = Uuid>) -> Vec<String> {
    let mut numbers = Numbers::default();
    let attack = Attack::of(invented, figures, &mut numbers);
    let mut told = attack.told();
    for team in teams {
        told.extend(attack.told_to(team, &mut numbers));
    }
    told
}

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

/// Students in one week by school and language: how many are met, of how many. Ten schools make a cluster.
pub(super) fn week(metric: Metric, counts: &[(u128, &str, i64, i64)]) -> Invented {
    let atom = |(school, language, numerator, denominator): &(u128, &str, i64, i64)| Atom {
        cluster: Uuid::from_u128(school / 10),
        school: Uuid::from_u128(*school),
        group: Uuid::from_u128(1_000 + school),
        language: (*language).to_owned(),
        stretch: 0,
        counts: Counts { numerator: *numerator, denominator: *denominator, unknown: 0 },
    };
    let atoms = counts.iter().map(atom).collect();
    Invented::new(metric, atoms, vec![vec![(Span::Week, "2026-11-09".parse().unwrap())]], vec![0])
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
