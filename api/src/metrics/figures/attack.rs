//! The attacker: asks all that a client may ask, and solves.
//!
//! Every shown count is an equation over the smallest counts there are. Numerators, denominators and unknowns have the
//! same equations, as they are shown and hidden together, so one solution serves all three. The attacker knows where
//! there is a row, also of what is hidden, and may be of the team of one of the schools. A board is safe if no hidden
//! figure and no cell is told that counts 1 to k − 1.
//!
//! Excepted is what the team of a school that was in two clusters within a period learns of its own school: everybody
//! sees its parts by cluster. Not tried here: guessing between bounds, and what changes of a figure that is made anew.
//! Parts of a week are not looked for: no row is of one.

use std::collections::{BTreeMap, BTreeSet};

use glans_entity::ids::BoardId;
use glans_entity::metrics::{Level, Metric, Span};
use uuid::Uuid;

use super::equations::{Columns, Space};
use super::invented::{Atom, Invented, Period, Temper, board};
use super::rules::{Look, is_calm};
use super::{Counts, Figure, LEAST, LEAST_SENSITIVE, Terms, figures};
use crate::metrics::definitions::Counting;
use crate::metrics::periods;

const BOARD: Uuid = Uuid::from_u128(1);
const COUNTINGS: [(Counting, Metric); 3] = [
    (Counting::Events, Metric::Reach),
    (Counting::Coverage, Metric::TwoWay),
    (Counting::Standing, Metric::Contactability),
];

/// Of what a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// Level, parent and place, as everybody sees it.
    Anybody(Level, Uuid, Uuid),
    /// The attacker's own school.
    Team,
    /// A class group of it.
    Group(Uuid),
}

type RowKey<'a> = (Of, &'a str, Period);

struct Row {
    counts: Counts,
    is_shown: bool,
    /// Of the atoms by number.
    atoms: Vec<usize>,
}

/// What the attacker sees, and who it is.
struct View<'a> {
    rows: BTreeMap<RowKey<'a>, Row>,
    atoms: Vec<Merged<'a>>,
    team: Option<Uuid>,
    /// The school of the team was in two clusters within a period.
    is_split: bool,
    /// What is told of a figure: all, or its denominator only.
    look: Look,
}

/// Atoms of all class groups where these are out of sight.
struct Merged<'a> {
    first: &'a Atom,
    counts: Counts,
    class_groups: usize,
}

impl<'a> View<'a> {
    fn of(invented: &'a Invented, made: &'a [Figure], team: Option<Uuid>, look: Look) -> Self {
        let atoms = merged(&invented.atoms, team);
        let mut rows: BTreeMap<RowKey<'a>, Row> = BTreeMap::new();
        for figure in made {
            let mut see = |of, is_shown| {
                let key = (of, figure.language.as_str(), (figure.span, figure.starts_on));
                let new = Row { counts: Counts::default(), is_shown, atoms: Vec::new() };
                rows.entry(key).or_insert(new).counts += figure.counts;
            };
            match figure.level {
                Level::ClassGroup if Some(figure.parent) == team => {
                    see(Of::Group(figure.place), figure.inside.is_none());
                }
                Level::ClassGroup => {}
                level => {
                    see(Of::Anybody(level, figure.parent, figure.place), figure.outside.is_none());
                    if level == Level::School && Some(figure.place) == team {
                        see(Of::Team, figure.inside.is_none());
                    }
                }
            }
        }
        for (at, atom) in atoms.iter().enumerate() {
            for period in &invented.stretches[atom.first.stretch] {
                for of in places(atom.first, team) {
                    for language in languages(atom.first) {
                        if let Some(row) = rows.get_mut(&(of, language, *period)) {
                            row.atoms.push(at);
                        }
                    }
                }
            }
        }
        let own = atoms.iter().map(|atom| atom.first).filter(|atom| Some(atom.school) == team);
        let clusters: BTreeSet<Uuid> = own.map(|atom| atom.cluster).collect();
        Self { rows, atoms, team, is_split: clusters.len() > 1, look }
    }

    /// What is told and should not be.
    fn told(&self, invented: &Invented) -> Vec<String> {
        let shown = self.rows.values().filter(|row| row.is_shown).map(|row| row.atoms.as_slice());
        let mut shown: Vec<&[usize]> = shown.collect();
        shown.sort_by_key(|atoms| atoms.len());
        let columns = Columns::of(self.atoms.len(), &shown);
        let mut space = Space::default();
        for atoms in shown {
            space.add(columns.line(atoms).unwrap());
        }
        let tells = |atoms: &[usize]| columns.line(atoms).is_some_and(|line| space.tells(line));
        let hidden = self.rows.iter().filter(|(_, row)| !row.is_shown);
        let figures = hidden.filter(|(key, row)| self.is_secret(**key, row) && tells(&row.atoms));
        let mut found: Vec<String> = figures.map(|(key, row)| format!("{key:?} {:?}", row.counts)).collect();
        for (key, atoms) in self.cells(invented) {
            let counts = sum(atoms.iter().map(|at| self.atoms[*at].counts));
            let is_own = Some(self.atoms[atoms[0]].first.school) == self.team;
            if self.is_of_few(counts, LEAST, is_own) && tells(&atoms) {
                found.push(format!("{key:?} {counts:?}"));
            }
        }
        found
    }

    /// Whether a row that is hidden counts a few whom the attacker does not know.
    fn is_secret(&self, (of, language, period): RowKey<'a>, row: &Row) -> bool {
        let total = self.rows.get(&(of, "", period)).map(|total| total.counts);
        let least = if total == Some(row.counts) { LEAST } else { LEAST_SENSITIVE };
        match of {
            Of::Anybody(Level::School, _, place) if Some(place) == self.team => false,
            // Of a sum also what is hidden in it of other schools.
            Of::Anybody(Level::Board | Level::Cluster, ..) if self.team.is_some() => {
                let others = row.atoms.iter().map(|at| &self.atoms[*at]).filter(|atom| {
                    let school = Of::Anybody(Level::School, atom.first.cluster, atom.first.school);
                    let is_shown = self.rows.get(&(school, language, period)).is_some_and(|row| row.is_shown);
                    Some(atom.first.school) != self.team && !is_shown
                });
                let others = sum(others.map(|atom| atom.counts));
                self.is_of_few(row.counts, least, false) && self.is_of_few(others, least, false)
            }
            Of::Anybody(..) => self.is_of_few(row.counts, least, false),
            Of::Team | Of::Group(_) => self.is_of_few(row.counts, least, true),
        }
    }

    fn is_of_few(&self, counts: Counts, least: i64, is_own: bool) -> bool {
        let look = if is_own { Look::Denominator } else { self.look };
        let is_excepted = is_own && self.is_split;
        !is_excepted && !is_calm(counts, look, least)
    }

    /// The atoms of each cell that could be told.
    fn cells(&self, invented: &Invented) -> BTreeMap<(Uuid, Uuid, Uuid, &'a str, Period), Vec<usize>> {
        let mut cells: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, atom) in self.atoms.iter().enumerate().filter(|(_, atom)| atom.class_groups == 1) {
            let Atom { cluster, school, group, ref language, stretch, .. } = *atom.first;
            for period in &invented.stretches[stretch] {
                cells.entry((cluster, school, group, language.as_str(), *period)).or_default().push(at);
            }
        }
        cells
    }
}

fn merged(atoms: &[Atom], team: Option<Uuid>) -> Vec<Merged<'_>> {
    let mut merged: BTreeMap<_, Merged<'_>> = BTreeMap::new();
    let mut groups: BTreeMap<_, BTreeSet<Uuid>> = BTreeMap::new();
    for atom in atoms {
        let of = (atom.cluster, atom.school, atom.language.as_str());
        groups.entry(of).or_default().insert(atom.group);
        let group = (Some(atom.school) == team).then_some(atom.group);
        let new = Merged { first: atom, counts: Counts::default(), class_groups: 1 };
        merged.entry((of, group, atom.stretch)).or_insert(new).counts += atom.counts;
    }
    for ((of, group, _), atom) in &mut merged {
        atom.class_groups = if group.is_some() { 1 } else { groups[of].len() };
    }
    merged.into_values().collect()
}

fn places(atom: &Atom, team: Option<Uuid>) -> Vec<Of> {
    let mut places = vec![
        Of::Anybody(Level::Board, Uuid::nil(), BOARD),
        Of::Anybody(Level::Cluster, BOARD, atom.cluster),
        Of::Anybody(Level::School, atom.cluster, atom.school),
    ];
    if Some(atom.school) == team {
        places.extend([Of::Team, Of::Group(atom.group)]);
    }
    places
}

fn languages(atom: &Atom) -> impl Iterator<Item = &str> {
    std::iter::once("").chain(Some(atom.language.as_str()).filter(|language| !language.is_empty()))
}

fn sum(counts: impl Iterator<Item = Counts>) -> Counts {
    counts.fold(Counts::default(), |mut sum, counts| {
        sum += counts;
        sum
    })
}

/// Counts of the last day of a period are the same in all periods with that last day.
fn by_last_day(invented: &Invented) -> Invented {
    let mut days: BTreeMap<_, (usize, Vec<Period>)> = BTreeMap::new();
    for (stretch, within) in invented.stretches.iter().enumerate() {
        let (span, starts_on) = within[0];
        days.entry(periods::last(span, starts_on)).or_insert((stretch, Vec::new())).1.extend(within);
    }
    let numbers: BTreeMap<usize, usize> = days.values().enumerate().map(|(at, (first, _))| (*first, at)).collect();
    let atoms = invented.atoms.iter().filter_map(|atom| {
        let stretch = *numbers.get(&atom.stretch)?;
        Some(Atom { stretch, ..atom.clone() })
    });
    Invented {
        schools: invented.schools.clone(),
        cells: Vec::new(),
        atoms: atoms.collect(),
        stretches: days.into_values().map(|(_, within)| within).collect(),
    }
}

/// Attacks boards until there were so many schools: as nobody in particular, and from every `one_in`th school.
fn attack(schools: usize, one_in: usize) {
    for (counting, metric) in COUNTINGS {
        let mut attacked = 0;
        for seed in 0.. {
            if attacked >= schools {
                break;
            }
            let invented = board(seed, counting, if seed % 2 == 0 { Temper::Rough } else { Temper::Calm });
            let made = figures(BoardId(BOARD), Terms::of(metric, 0), &invented.cells);
            let teams = invented.schools.iter().step_by(one_in).copied().map(Some);
            let days = (counting == Counting::Coverage).then(|| by_last_day(&invented));
            for team in std::iter::once(None).chain(teams) {
                let mut told = View::of(&invented, &made, team, Look::Everything).told(&invented);
                if let Some(days) = &days {
                    told.extend(View::of(days, &made, team, Look::Denominator).told(days));
                }
                assert_eq!(told, Vec::<String>::new(), "{counting:?}, board {seed}, {team:?}");
            }
            attacked += invented.schools.len();
        }
    }
}

#[test]
fn nobody_is_told_of_a_few() {
    attack(20, 20);
}

#[test]
#[ignore = "takes minutes: cargo test --release --lib -p glans figures::attack -- --ignored"]
fn nobody_is_told_of_a_few_in_a_thousand_schools() {
    attack(1_000, 1);
}

/// Of a hundred weekly figures of schools that count at least 100, so many are shown outside.
fn shown_weeks(boards: u64, temper: Temper) -> usize {
    let (mut all, mut shown) = (0, 0);
    for (counting, metric) in COUNTINGS {
        for seed in 0..boards {
            let made = figures(BoardId(BOARD), Terms::of(metric, 0), &board(seed, counting, temper).cells);
            let large = made.iter().filter(|figure| {
                let is_week_of_school = figure.level == Level::School && figure.span == Span::Week;
                is_week_of_school && figure.language.is_empty() && figure.counts.denominator >= 100
            });
            for figure in large {
                all += 1;
                shown += usize::from(figure.outside.is_none());
            }
        }
    }
    shown * 100 / all
}

#[test]
fn most_large_schools_show_their_weeks() {
    assert!(shown_weeks(1, Temper::Calm) >= 80);
}

#[test]
#[ignore = "takes minutes: cargo test --release --lib -p glans figures::attack -- --ignored"]
fn most_large_schools_show_their_weeks_in_many_boards() {
    let shown = [Temper::Calm, Temper::Rough].map(|temper| shown_weeks(30, temper));
    assert!(shown[0] >= 80 && shown[1] >= 50, "{shown:?}");
}
