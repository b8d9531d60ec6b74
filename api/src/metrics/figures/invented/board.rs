//! A board, and how metrics stand there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use glans_entity::metrics::{Metric, Span};
use uuid::Uuid;

use super::dice::Dice;
use super::{Atom, Invented, Period};
use crate::metrics::definitions::{self, Counting};
use crate::metrics::figures::Counts;
use crate::metrics::periods;

const LANGUAGES: [&str; 8] = ["ar", "en", "pl", "so", "ti", "tr", "uk", "zh"];
/// Mondays: of the last week of a month, of the weeks before New Year, and of those at the end of the school year.
const FROM: [&str; 6] = ["2026-08-24", "2026-10-26", "2026-12-14", "2027-01-25", "2027-02-22", "2027-05-31"];
const SCHOOL_YEAR: &str = "2026-08-01";
/// Months of which the weeks are gone.
const OLD_MONTHS: [&str; 2] = ["2027-05-01", "2027-06-01"];

/// How schools differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::metrics::figures) enum Temper {
    /// As they mostly do.
    Calm,
    /// In some everybody is met or nobody, or all but a few.
    Rough,
}

/// A board of 20 to 50 schools, in 2 to 8 clusters or in none, with all who are there.
pub(in crate::metrics::figures) struct Board {
    seed: u64,
    temper: Temper,
    weeks: Vec<NaiveDate>,
    /// There are months of which the weeks are gone.
    is_old: bool,
    /// Share of whom nothing is asked, per mille.
    exempt: u64,
    schools: Vec<School>,
}

struct School {
    id: Uuid,
    cluster: Uuid,
    /// The cluster from a day on.
    moves: Option<(usize, Uuid)>,
    /// Persons by group and language.
    persons: BTreeMap<(Uuid, String), i64>,
}

/// How a metric is drawn.
struct Chances {
    /// Share of persons who are met, or of those who are met in the wider metric, per mille.
    met: u64,
    /// Share of the others that is not known, per mille.
    unknown: u64,
    /// Of those at school, who takes part.
    present: u64,
    /// Of class groups, which take part.
    busy: u64,
}

impl Board {
    pub fn invented(seed: u64, temper: Temper) -> Self {
        let mut dice = Dice(seed);
        let from: NaiveDate = dice.one_of(&FROM).parse().unwrap();
        let weeks = (0..5 + dice.below(5)).map(|week| from + Days::new(7 * week)).collect();
        let clusters = 2 + dice.below(7);
        let mut board = Self {
            seed,
            temper,
            weeks,
            is_old: dice.chance(500),
            exempt: dice.one_of(&[0, 0, 0, 30, 200]),
            schools: Vec::new(),
        };
        let days = board.days().len();
        board.schools = (0..20 + dice.below(31)).map(|number| school(&mut dice, number, clusters, days)).collect();
        board
    }

    pub fn schools(&self) -> impl Iterator<Item = Uuid> {
        self.schools.iter().map(|school| school.id)
    }

    /// All periods but old ones.
    fn periods(&self) -> BTreeSet<Period> {
        let own = |week: &NaiveDate| [Span::Week, Span::Month].map(|span| (span, periods::start(span, *week)));
        let year: Period = (Span::SchoolYear, SCHOOL_YEAR.parse().unwrap());
        self.weeks.iter().flat_map(own).chain([year]).collect()
    }

    /// The days on which it is looked how students stand.
    fn days(&self) -> BTreeSet<NaiveDate> {
        self.periods().into_iter().map(looked_on).collect()
    }

    /// Of events the weeks, with what they lie in; else every period by itself, or the days on which it is looked.
    fn stretches(&self, counting: Counting) -> Vec<Vec<Period>> {
        let periods = self.periods();
        match counting {
            Counting::Events => {
                let year: Period = (Span::SchoolYear, SCHOOL_YEAR.parse().unwrap());
                let month = |week| (Span::Month, periods::start(Span::Month, week));
                let new = self.weeks.iter().map(|week| vec![(Span::Week, *week), month(*week), year]);
                let old = OLD_MONTHS.map(|month| -> Period { (Span::Month, month.parse().unwrap()) });
                let old = old.into_iter().filter(|month| self.is_old && !periods.contains(month));
                new.chain(old.map(|month| vec![month, year])).collect()
            }
            Counting::Coverage => periods.into_iter().map(|period| vec![period]).collect(),
            Counting::Standing => {
                let days = self.days().into_iter();
                days.map(|day| periods.iter().copied().filter(|period| looked_on(*period) == day).collect()).collect()
            }
        }
    }

    /// How a metric stands. Of who is counted and met, whoever is in a wider metric is too.
    pub fn counted(&self, metric: Metric) -> Invented {
        if metric == Metric::GuardianTrust {
            return self.answered(metric);
        }
        let counting = definitions::of(metric).counting;
        let whole = definitions::within(metric).map(|whole| met(&self.counted(whole).atoms));
        let mut dice = Dice(self.seed ^ ((1 + metric as u64) << 32));
        let stretches = self.stretches(counting);
        let days = self.numbers(&stretches, counting);
        let common = self.common(&mut dice, counting);
        let mut atoms = Vec::new();
        for school in &self.schools {
            let chances = Chances { met: self.share_of_school(&mut dice, common.met, whole.is_some()), ..common };
            // Whoever is met in a week is met in the month that ends with it.
            let mut before: BTreeMap<_, i64> = BTreeMap::new();
            for (stretch, day) in days.iter().copied().enumerate() {
                let is_longer = days[..stretch].contains(&day);
                let met = if is_longer { dice.one_of(&[0, 10, chances.met]) } else { chances.met };
                let chances = Chances { met, ..chances };
                let moved = school.moves.filter(|(from, _)| day >= *from);
                let cluster = moved.map_or(school.cluster, |(_, to)| to);
                // A holiday, or what a class group takes part in.
                let is_off = counting == Counting::Events && dice.chance(50);
                let mut away: BTreeMap<Uuid, bool> = BTreeMap::new();
                for ((group, language), persons) in &school.persons {
                    let is_away = *away.entry(*group).or_insert_with(|| !dice.chance(chances.busy));
                    if is_off || counting == Counting::Events && is_away {
                        continue;
                    }
                    let of = (school.id, *group, language.clone(), stretch);
                    let most = whole.as_ref().map(|whole| whole.get(&of).copied().unwrap_or_default());
                    let mut present = dice.share(*persons, chances.present);
                    if metric == Metric::FullEngagement {
                        present = dice.share(present, 1_000 - self.exempt);
                    }
                    let least = before.entry((*group, language.as_str(), day)).or_default();
                    let counts = draw(&mut dice, present, (*least, most.unwrap_or(present)), &chances);
                    *least = counts.numerator;
                    let (_, group, language, _) = of;
                    atoms.push(Atom { cluster, school: school.id, group, language, stretch, counts });
                }
            }
        }
        if counting == Counting::Events {
            atoms.retain(|atom| atom.counts.denominator > 0);
            fill(&mut atoms, &stretches);
        }
        Invented::new(metric, atoms, stretches, days)
    }

    /// How a metric stands of which those are counted who are met in another one.
    fn answered(&self, metric: Metric) -> Invented {
        let Invented { mut atoms, stretches, days, .. } = self.counted(definitions::tells_of(metric).unwrap());
        let mut dice = Dice(self.seed ^ ((1 + metric as u64) << 32));
        let common = self.common(&mut dice, Counting::Events);
        let of_school = self.schools.iter().map(|it| (it.id, self.share_of_school(&mut dice, common.met, false)));
        let of_school: BTreeMap<Uuid, u64> = of_school.collect();
        for atom in &mut atoms {
            let chances = Chances { met: of_school[&atom.school], ..common };
            let answers = atom.counts.numerator;
            atom.counts = draw(&mut dice, answers, (0, answers), &chances);
        }
        Invented::new(metric, atoms, stretches, days)
    }

    /// The numbers of the days of stretches.
    fn numbers(&self, stretches: &[Vec<Period>], counting: Counting) -> Vec<usize> {
        let days = self.days();
        let day = |within: &Vec<Period>| days.iter().position(|day| *day == looked_on(within[0])).unwrap();
        match counting {
            Counting::Events => (0..stretches.len()).collect(),
            Counting::Coverage | Counting::Standing => stretches.iter().map(day).collect(),
        }
    }

    /// What all schools have in common.
    fn common(&self, dice: &mut Dice, counting: Counting) -> Chances {
        let is_calm = self.temper == Temper::Calm;
        let met = dice.one_of(if is_calm { &[300, 600, 850][..] } else { &[50, 300, 600, 850, 970] });
        let unknown = dice.one_of(if is_calm { &[0][..] } else { &[0, 0, 0, 200, 20] });
        let is_plain = is_calm || counting != Counting::Events;
        let present = dice.one_of(if is_plain { &[1_000][..] } else { &[1_000, 80] });
        let busy = dice.one_of(if is_calm { &[250, 900][..] } else { &[150, 250, 900] });
        Chances { met, unknown, present, busy }
    }

    /// The share that is met at a school, or of those who are met in a wider metric.
    fn share_of_school(&self, dice: &mut Dice, common: u64, is_within: bool) -> u64 {
        match self.temper {
            _ if is_within => dice.one_of(&[1_000, 1_000, 950, 600, 100]),
            Temper::Calm => (common + 200 + dice.below(600)) / 2,
            Temper::Rough => dice.one_of(&[common, common, common, 0, 1_000, 10, 990, 500]),
        }
    }
}

fn looked_on((span, key): Period) -> NaiveDate {
    periods::looked_on(span, key)
}

/// A school of 6 to 600 students in groups of 4 to 30.
fn school(dice: &mut Dice, number: u64, clusters: u64, days: usize) -> School {
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
    let moves = dice.chance(50).then(|| (1 + usize::try_from(dice.below(6)).unwrap() % days, id(1, 1)));
    School { id: id(2, number), cluster: cluster(dice.below(clusters + 1)), moves, persons }
}

fn id(kind: u128, number: u64) -> Uuid {
    Uuid::from_u128((kind << 64) + u128::from(number))
}

/// How many are met, by school, group, language and stretch.
fn met(atoms: &[Atom]) -> BTreeMap<(Uuid, Uuid, String, usize), i64> {
    let of = |atom: &Atom| (atom.school, atom.group, atom.language.clone(), atom.stretch);
    atoms.iter().map(|atom| (of(atom), atom.counts.numerator)).collect()
}

/// Counts of so many, of whom at least `least` and at most `most` are met.
fn draw(dice: &mut Dice, denominator: i64, (least, most): (i64, i64), chances: &Chances) -> Counts {
    let numerator = least + dice.share(most.min(denominator) - least, chances.met);
    let unknown = dice.share(denominator - numerator, chances.unknown);
    Counts { numerator, denominator, unknown }
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
