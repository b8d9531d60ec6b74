//! Rows of figures: of what they are, and of how few.

use std::collections::BTreeMap;

use glans_entity::metrics::Level;
use uuid::Uuid;

use super::sums::{Sum, difference, sum_of};
use crate::metrics::figures::equations::Space;
use crate::metrics::figures::invented::{Atom, Invented, Period};
use crate::metrics::figures::rules::{
    DENOMINATOR, EARLIER, KNOWN_NOT_MET, Look, MET, MET_IN_WHOLE, NOT_COUNTED, NOT_MET, Tally, UNKNOWN, is_few, parts,
};
use crate::metrics::figures::{Counts, Figure, Terms};

pub(in crate::metrics::figures) const BOARD: Uuid = Uuid::from_u128(1);

/// Of what a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::metrics::figures) enum Of {
    /// Level, parent and place, as everybody sees it.
    Anybody(Level, Uuid, Uuid),
    /// The attacker's own school.
    Team,
    /// A class group of it.
    Group(Uuid),
}

pub(in crate::metrics::figures) type RowKey<'a> = (Of, &'a str, Period);

/// A figure, or a cell, which has none.
#[derive(Clone, Debug, Default)]
pub(in crate::metrics::figures) struct Row {
    pub tally: Tally,
    pub least: i64,
    pub is_shown: bool,
    pub sum: Sum,
    /// In `Seen::blocks`.
    pub blocks: Vec<usize>,
    /// The same figure of the metric that this one is within, and whether it is shown.
    pub whole: Option<(Sum, bool)>,
    /// Another metric shows as met whoever is counted here. It is that one's to look whether they are few.
    pub is_told_elsewhere: bool,
    /// The same figures of shorter periods that end on the same day. None but of coverage.
    pub shorter: Vec<Row>,
}

impl Row {
    /// The parts in which it is of a few.
    pub fn few(&self, look: Look) -> impl Iterator<Item = usize> {
        let (least, is_nobody) = (self.least, self.tally.counts.denominator == 0);
        let is_told_elsewhere = self.is_told_elsewhere;
        let parts = parts(self.tally, look).into_iter().enumerate();
        let parts = parts.filter(move |(part, _)| !is_nobody || *part >= NOT_COUNTED);
        let parts = parts.filter(move |(part, _)| *part != DENOMINATOR || !is_told_elsewhere);
        parts.filter(move |(part, value)| is_few(*part, *value, look, least)).map(|(part, _)| part)
    }

    /// Whether the attacker knows how many are in the part.
    pub fn is_told(&self, part: usize, space: &Space<'_>) -> bool {
        let Sum { counted, met, unknown } = &self.sum;
        let line = match (part, &self.whole) {
            (DENOMINATOR, _) => sum_of(counted),
            (MET, _) => sum_of(met),
            (NOT_MET, _) => difference(counted, met),
            (UNKNOWN, _) => sum_of(unknown),
            (KNOWN_NOT_MET, _) => {
                let mut line = difference(counted, met);
                line.subtract(unknown);
                line
            }
            (NOT_COUNTED, Some((whole, _))) => difference(&whole.counted, counted),
            (MET_IN_WHOLE, Some((whole, _))) => difference(&whole.met, met),
            (EARLIER.., _) => match self.shorter.get(part - EARLIER) {
                Some(shorter) => difference(met, &shorter.sum.met),
                None => return false,
            },
            _ => return false,
        };
        space.tells(line)
    }
}

/// The figures that are seen, by everybody or the team of a school.
pub(super) fn rows(figures: &[Figure], terms: Terms, team: Option<Uuid>) -> BTreeMap<RowKey<'_>, Row> {
    let mut rows: BTreeMap<RowKey<'_>, Row> = BTreeMap::new();
    for figure in figures {
        let (of, hidden) = match (figure.level, team) {
            (Level::ClassGroup, Some(team)) if figure.parent == team => (Of::Group(figure.place), figure.inside),
            (Level::School, Some(team)) if figure.place == team => (Of::Team, figure.inside),
            (Level::Board | Level::Cluster | Level::School, None) => {
                (Of::Anybody(figure.level, figure.parent, figure.place), figure.outside)
            }
            _ => continue,
        };
        let row = rows.entry((of, figure.language.as_str(), (figure.span, figure.starts_on))).or_default();
        row.tally.counts += figure.counts;
        row.is_shown = hidden.is_none();
    }
    let counts: BTreeMap<RowKey<'_>, Counts> = rows.iter().map(|(key, row)| (*key, row.tally.counts)).collect();
    for ((of, _, period), row) in &mut rows {
        let is_all = counts.get(&(*of, "", *period)) == Some(&row.tally.counts);
        row.least = if is_all { terms.least } else { terms.least_by_language };
    }
    rows
}

/// The rows of these places that the atom is in.
pub(super) fn keys<'a>(invented: &Invented, atom: &'a Atom, places: &[Of]) -> Vec<RowKey<'a>> {
    let languages = std::iter::once("").chain(Some(atom.language.as_str()).filter(|language| !language.is_empty()));
    let languages: Vec<&str> = languages.collect();
    let mut keys = Vec::new();
    for period in &invented.stretches[atom.stretch] {
        for of in places {
            keys.extend(languages.iter().map(|language| (*of, *language, *period)));
        }
    }
    keys
}

pub(super) fn places(atom: &Atom) -> [Of; 3] {
    [
        Of::Anybody(Level::Board, Uuid::nil(), BOARD),
        Of::Anybody(Level::Cluster, BOARD, atom.cluster),
        Of::Anybody(Level::School, atom.cluster, atom.school),
    ]
}

/// Adds an atom to its cell.
pub(super) fn gather(cells: &mut BTreeMap<String, Row>, atom: &Atom, period: Period, sum: &Sum, least: i64) {
    let Atom { cluster, school, group, ref language, .. } = *atom;
    let cell = cells.entry(format!("{cluster} {school} {group} {language} {period:?}")).or_default();
    cell.tally.counts += atom.counts;
    cell.least = least;
    cell.sum.add(sum);
}
