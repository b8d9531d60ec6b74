//! What is decided of metrics one after the other, as they are of the same people.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use glans_entity::ids::BoardId;
use glans_entity::metrics::{Level, Metric, Span};
use sea_orm::Iterable;
use uuid::Uuid;

use super::index::Index;
use super::sheet::Sheet;
use super::sheets::Sheets;
use super::{Cell, Counts, Figure, Terms};
use crate::metrics::definitions::{self, Family};

/// A figure, whatever the metric.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// The school to whose team it is told. None: to everybody.
    pub team: Option<Uuid>,
    pub span: Span,
    pub starts_on: NaiveDate,
    pub level: Level,
    pub parent: Uuid,
    pub place: Uuid,
    /// None: all languages together. Empty: not known.
    pub language: Option<String>,
}

/// What everybody is told of a metric.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub counts: BTreeMap<Name, Counts>,
    pub hidden: BTreeSet<Name>,
}

impl Told {
    fn of(sheet: &Sheet<'_>) -> Self {
        Self {
            counts: sheet.counts.iter().map(|(key, counts)| (sheet.name(*key), *counts)).collect(),
            hidden: names(sheet).collect(),
        }
    }
}

/// What was decided before, as far as a metric must heed it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Before<'a> {
    /// Where there are too few of its people.
    pub few: Option<&'a BTreeSet<Name>>,
    /// What is hidden of the metric of which it tells who is met.
    pub told_of: Option<&'a BTreeSet<Name>>,
    /// Of the metric that it is within.
    pub whole: Option<&'a Told>,
}

/// Figures of a board, of one metric after the other.
#[derive(Debug)]
pub struct Decided {
    board: BoardId,
    /// k at least; 0 if the board has no wish.
    wished: i64,
    /// What tells of too few of a family, by its numbers alone.
    few: BTreeMap<Family, BTreeSet<Name>>,
    /// Of metrics that others are within.
    told: BTreeMap<Metric, Told>,
    /// Of metrics of which others tell who is met.
    hidden: BTreeMap<Metric, BTreeSet<Name>>,
}

impl Decided {
    /// Nothing yet, at a board that wishes a k of at least `wished`; 0 if it has no wish.
    pub fn nothing(board: BoardId, wished: i64) -> Self {
        Self { board, wished, few: BTreeMap::new(), told: BTreeMap::new(), hidden: BTreeMap::new() }
    }

    /// The figures of a metric, which are to be asked for in the order of `Metric::iter()`: those of a family heed the
    /// first of it. `cells` are all there are, of periods that are over: weeks, months and school years that belong
    /// together, for what is told of one could tell what is hidden of another.
    ///
    /// By language there are figures of a board, of clusters and schools; of what is counted in events by month only.
    pub fn figures(&mut self, metric: Metric, cells: &[Cell]) -> Vec<Figure> {
        let terms = Terms::of(metric, self.wished);
        let family = definitions::family(metric);
        if definitions::first(family) == metric {
            let index = Index::of(terms.of_numbers(), cells);
            let sheets = Sheets::of(self.board, &index, cells, Before::default());
            self.few.insert(family, hidden(&sheets));
        }
        let index = Index::of(terms, cells);
        let before = Before {
            few: self.few.get(&family),
            told_of: definitions::tells_of(metric).and_then(|other| self.hidden.get(&other)),
            whole: definitions::within(metric).and_then(|whole| self.told.get(&whole)),
        };
        let sheets = Sheets::of(self.board, &index, cells, before);
        let rows = sheets.rows();
        if Metric::iter().any(|other| definitions::tells_of(other) == Some(metric)) {
            self.hidden.insert(metric, hidden(&sheets));
        }
        if Metric::iter().any(|other| definitions::within(other) == Some(metric)) {
            let told = Told::of(&sheets.board_wide);
            self.told.insert(metric, told);
        }
        rows
    }
}

/// What is hidden from everybody, and from the teams of schools.
fn hidden(sheets: &Sheets<'_>) -> BTreeSet<Name> {
    let of_schools = sheets.teams.values().flat_map(names);
    names(&sheets.board_wide).chain(of_schools).collect()
}

/// What is hidden.
fn names(sheet: &Sheet<'_>) -> impl Iterator<Item = Name> {
    sheet.hidden.keys().map(move |key| sheet.name(*key))
}
