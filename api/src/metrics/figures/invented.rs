//! Boards that there are not, from a seed, as rough as they come.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use glans_entity::ids::{ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::Span;
use uuid::Uuid;

use super::{Cell, Counts};
use crate::metrics::definitions::Counting;
use crate::metrics::periods;

const LANGUAGES: [&str; 8] = ["ar", "en", "pl", "so", "ti", "tr", "uk", "zh"];
/// First days: before an ordinary month, two that begin on a Monday, and over New Year.
const FROM: [&str; 5] = ["2026-08-24", "2026-10-26", "2026-12-14", "2027-01-25", "2027-02-22"];
const SCHOOL_YEAR: &str = "2026-08-01";
/// Months of which the weeks are gone.
const OLD_MONTHS: [&str; 2] = ["2027-05-01", "2027-06-01"];

pub(super) type Period = (Span, NaiveDate);

/// The smallest count that there is: of a part of a period too, where periods overlap.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub cluster: Uuid,
    pub school: Uuid,
    pub group: Uuid,
    pub language: String,
    /// In `Invented::stretches`.
    pub stretch: usize,
    pub counts: Counts,
}

pub(super) struct Invented {
    pub schools: Vec<Uuid>,
    pub cells: Vec<Cell>,
    pub atoms: Vec<Atom>,
    /// The periods in which each stretch of time lies.
    pub stretches: Vec<Vec<Period>>,
}

/// How schools differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Temper {
    /// As they mostly do.
    Calm,
    /// In some everybody is met or nobody, or all but a few.
    Rough,
}

/// `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        let at = self.below(choices.len().try_into().unwrap());
        choices[usize::try_from(at).unwrap()]
    }
}

struct School {
    id: Uuid,
    cluster: Uuid,
    /// The cluster from a stretch on.
    moves: Option<(usize, Uuid)>,
    /// Persons by group and language.
    persons: BTreeMap<(Uuid, String), u64>,
    /// Share that is met, per mille.
    met: u64,
    /// Share of the others that is not known, per mille.
    unknown: u64,
}

fn id(kind: u128, number: u64) -> Uuid {
    Uuid::from_u128((kind << 64) + u128::from(number))
}

/// A board of 20 to 50 schools, in 2 to 8 clusters or in none.
pub(super) fn board(seed: u64, counting: Counting, temper: Temper) -> Invented {
    let mut dice = Dice(seed);
    let weeks = weeks(&mut dice);
    let stretches = stretches(&weeks, counting, dice.chance(500));
    let clusters = 2 + dice.below(7);
    let rates: &[u64] = if temper == Temper::Calm { &[300, 600, 850] } else { &[50, 300, 600, 850, 970] };
    let rate = dice.one_of(rates);
    let unknown = if temper == Temper::Calm { 0 } else { dice.one_of(&[0, 0, 0, 200, 20]) };
    let schools: Vec<School> = (0..20 + dice.below(31))
        .map(|number| {
            let met = match temper {
                Temper::Calm => (rate + 200 + dice.below(600)) / 2,
                Temper::Rough => dice.one_of(&[rate, rate, rate, 0, 1_000, 10, 990, 500]),
            };
            school(&mut dice, number, clusters, stretches.len(), (met, unknown))
        })
        .collect();
    // Of those at school, who takes part: all, or a few.
    let is_plain = temper == Temper::Calm || counting != Counting::Events;
    let present = if is_plain { 1_000 } else { dice.one_of(&[1_000, 80]) };
    let busy = if temper == Temper::Calm { dice.one_of(&[250, 900]) } else { dice.one_of(&[150, 250, 900]) };
    let mut atoms = Vec::new();
    for school in &schools {
        for stretch in 0..stretches.len() {
            // Periods by themselves are in no order of time.
            let moves = school.moves.filter(|(from, _)| counting != Counting::Coverage && stretch >= *from);
            let cluster = moves.map_or(school.cluster, |(_, to)| to);
            // A holiday, or what a class group takes part in.
            let is_off = counting == Counting::Events && dice.chance(50);
            let mut away: BTreeMap<Uuid, bool> = BTreeMap::new();
            for ((group, language), persons) in &school.persons {
                let is_away = *away.entry(*group).or_insert_with(|| !dice.chance(busy));
                if is_off || counting == Counting::Events && is_away {
                    continue;
                }
                let persons = (0..*persons).filter(|_| dice.chance(present)).count();
                if persons == 0 {
                    continue;
                }
                let counts = draw(&mut dice, persons, school);
                let language = language.clone();
                atoms.push(Atom { cluster, school: school.id, group: *group, language, stretch, counts });
            }
        }
    }
    if counting == Counting::Events {
        fill(&mut atoms, &stretches);
    }
    let cells = cells(&atoms, &stretches);
    Invented { schools: schools.into_iter().map(|school| school.id).collect(), cells, atoms, stretches }
}

fn weeks(dice: &mut Dice) -> Vec<NaiveDate> {
    let from: NaiveDate = dice.one_of(&FROM).parse().unwrap();
    (0..5 + dice.below(5)).map(|week| from + Days::new(7 * week)).collect()
}

/// Of events the pieces into which weeks and months cut each other; else every period by itself, or the last days.
fn stretches(weeks: &[NaiveDate], counting: Counting, is_old: bool) -> Vec<Vec<Period>> {
    let year: Period = (Span::SchoolYear, SCHOOL_YEAR.parse().unwrap());
    let days = weeks.iter().flat_map(|week| (0..7).map(move |day| *week + Days::new(day)));
    let piece = |day: NaiveDate| [Span::Week, Span::Month].map(|span| (span, periods::start(span, day)));
    let pieces: BTreeSet<[Period; 2]> = days.map(piece).collect();
    let all: BTreeSet<Period> = pieces.iter().flatten().copied().chain([year]).collect();
    let last = |period: Period| periods::last(period.0, period.1);
    match counting {
        Counting::Events => {
            let old = OLD_MONTHS.map(|month| vec![(Span::Month, month.parse().unwrap()), year]);
            let new = pieces.into_iter().map(|[week, month]| vec![week, month, year]);
            new.chain(old.into_iter().filter(|_| is_old)).collect()
        }
        Counting::Coverage => all.into_iter().map(|period| vec![period]).collect(),
        Counting::Standing => {
            let days: BTreeSet<NaiveDate> = all.iter().map(|period| last(*period)).collect();
            days.iter().map(|day| all.iter().copied().filter(|period| last(*period) == *day).collect()).collect()
        }
    }
}

/// A school of 6 to 600 students in groups of 4 to 30.
fn school(dice: &mut Dice, number: u64, clusters: u64, stretches: usize, (met, unknown): (u64, u64)) -> School {
    let cluster = |number| if number == 0 { Uuid::nil() } else { id(1, number) };
    let is_large = dice.chance(300);
    let size = 6 + dice.below(100) + dice.below(100) + if is_large { dice.below(395) } else { 0 };
    let dutch = dice.one_of(&[500, 800, 900, 970]);
    let others: Vec<&str> = (0..=dice.below(5)).map(|_| dice.one_of(&LANGUAGES)).chain([""]).collect();
    let mut persons = BTreeMap::new();
    let mut left = size;
    while left > 0 {
        let group = if dice.chance(30) { Uuid::nil() } else { id(3, number * 1_000 + left) };
        let members = left.min(4 + dice.below(27));
        for _ in 0..members {
            let rarer = (0..others.len() - 1).find(|_| dice.chance(500)).unwrap_or(others.len() - 1);
            let language = if dice.chance(dutch) { "nl" } else { others[rarer] };
            *persons.entry((group, language.to_owned())).or_default() += 1;
        }
        left -= members;
    }
    let moves = dice.chance(50).then(|| (1 + usize::try_from(dice.below(6)).unwrap() % stretches, id(1, 1)));
    School { id: id(2, number), cluster: cluster(dice.below(clusters + 1)), moves, persons, met, unknown }
}

fn draw(dice: &mut Dice, persons: usize, school: &School) -> Counts {
    let mut counts = Counts::default();
    for _ in 0..persons {
        let is_met = dice.chance(school.met);
        let is_unknown = !is_met && dice.chance(school.unknown);
        counts += Counts { numerator: is_met.into(), denominator: 1, unknown: is_unknown.into() };
    }
    counts
}

/// Atoms of nobody, where nobody could say that they are: there is a row of the week and of the month.
fn fill(atoms: &mut Vec<Atom>, stretches: &[Vec<Period>]) {
    let key = |atom: &Atom| (atom.cluster, atom.school, atom.language.clone());
    let mut periods = BTreeSet::new();
    let mut groups: BTreeMap<_, BTreeSet<Uuid>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for atom in atoms.iter() {
        periods.extend(stretches[atom.stretch].iter().map(|period| (key(atom), *period)));
        groups.entry(key(atom)).or_default().insert(atom.group);
        known.insert((key(atom), atom.group, atom.stretch));
    }
    for (of, groups) in groups {
        for (stretch, within) in stretches.iter().enumerate() {
            let has_rows = within.iter().all(|period| periods.contains(&(of.clone(), *period)));
            for group in groups.iter().filter(|_| has_rows) {
                if !known.contains(&(of.clone(), *group, stretch)) {
                    let (cluster, school, language) = of.clone();
                    atoms.push(Atom { cluster, school, group: *group, language, stretch, counts: Counts::default() });
                }
            }
        }
    }
}

fn cells(atoms: &[Atom], stretches: &[Vec<Period>]) -> Vec<Cell> {
    let mut cells: BTreeMap<_, Counts> = BTreeMap::new();
    for atom in atoms.iter().filter(|atom| atom.counts.denominator > 0) {
        for period in &stretches[atom.stretch] {
            let key = (*period, atom.school, atom.cluster, atom.group, atom.language.clone());
            *cells.entry(key).or_default() += atom.counts;
        }
    }
    let cell = |((period, school, cluster, group, language), counts): ((Period, _, _, _, _), _)| Cell {
        span: period.0,
        starts_on: period.1,
        school: SchoolId(school),
        cluster: ClusterId(cluster),
        class_group: ClassGroupId(group),
        language,
        counts,
    };
    cells.into_iter().map(cell).collect()
}
