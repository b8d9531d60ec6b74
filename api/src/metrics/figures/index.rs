//! The numbers by which sheets know periods, languages, schools and places.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use glans_entity::ids::SchoolId;
use glans_entity::metrics::Span;

use super::{Cell, Terms};
use crate::metrics::definitions::Counting;
use crate::metrics::periods;

/// The place that is the sum of all others.
pub(super) const ROOT: usize = 0;
/// All languages together.
pub(super) const ALL: usize = 0;
/// Of whom the language is not known. It has no row, yet is what is left over when all others are shown; so it is
/// treated as a figure like the others, which costs nothing to hide. So is a class group of no name.
pub(super) const UNTOLD: usize = 1;

/// A figure, by the numbers that `Index` and `Sheet` give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub period: usize,
    pub place: usize,
    pub language: usize,
}

/// The numbers of periods, languages and schools.
#[derive(Debug)]
pub(super) struct Index {
    pub terms: Terms,
    pub periods: Vec<(Span, NaiveDate)>,
    /// By [`ALL`], [`UNTOLD`] and from then on by name.
    pub languages: Vec<String>,
    schools: Vec<SchoolId>,
    /// Of each period, the others at whose end it is looked on the same day: of the same students, so that they share
    /// their denominators. Shorter ones have lower numbers. None for events.
    pub twins: Vec<Vec<usize>>,
}

impl Index {
    pub fn of(terms: Terms, cells: &[Cell]) -> Self {
        let periods: BTreeSet<_> = cells.iter().map(|cell| (cell.span, cell.starts_on)).collect();
        let periods: Vec<_> = periods.into_iter().collect();
        let told = cells.iter().map(|cell| cell.language.as_str()).filter(|language| !language.is_empty());
        let told: BTreeSet<&str> = told.collect();
        let languages = ["", ""].into_iter().chain(told).map(str::to_owned).collect();
        let schools: BTreeSet<SchoolId> = cells.iter().map(|cell| cell.school).collect();
        let mut by_day: BTreeMap<NaiveDate, Vec<usize>> = BTreeMap::new();
        if terms.counting != Counting::Events {
            for (at, (span, starts_on)) in periods.iter().enumerate() {
                by_day.entry(periods::looked_on(*span, *starts_on)).or_default().push(at);
            }
        }
        let mut twins = vec![Vec::new(); periods.len()];
        for same in by_day.values() {
            for at in same {
                twins[*at] = same.iter().copied().filter(|other| other != at).collect();
            }
        }
        Self { terms, periods, languages, schools: schools.into_iter().collect(), twins }
    }

    /// The place is the root.
    pub fn key(&self, cell: &Cell) -> Key {
        let period = self.period(cell.span, cell.starts_on).unwrap_or_default();
        let language = match cell.language.as_str() {
            "" => UNTOLD,
            told => UNTOLD + 1 + self.languages[UNTOLD + 1..].partition_point(|other| other.as_str() < told),
        };
        Key { period, place: ROOT, language }
    }

    pub fn period(&self, span: Span, starts_on: NaiveDate) -> Option<usize> {
        self.periods.binary_search(&(span, starts_on)).ok()
    }

    pub fn school(&self, id: SchoolId) -> usize {
        self.schools.partition_point(|other| *other < id)
    }

    /// The shorter periods that end on the same day: whoever is met in them is met in this one. Of how students stand
    /// they say the same.
    pub fn shorter(&self, period: usize) -> impl Iterator<Item = usize> {
        let twins = if self.terms.counting == Counting::Coverage { self.twins[period].as_slice() } else { &[] };
        twins.iter().copied().filter(move |other| *other < period)
    }

    /// Whether there are figures by language of that period.
    pub fn speaks(&self, period: usize) -> bool {
        self.terms.counting != Counting::Events || self.periods[period].0 == Span::Month
    }
}
