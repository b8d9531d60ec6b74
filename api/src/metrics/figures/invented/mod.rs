//! Boards that there are not, from a seed, as rough as they come.

mod board;
mod dice;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use glans_entity::ids::{ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::{Metric, Span};
use uuid::Uuid;

pub(super) use self::board::{Board, Temper};
use super::{Cell, Counts};

pub(super) type Period = (Span, NaiveDate);

/// The smallest count that there is.
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

/// How a metric stands at a board.
pub(super) struct Invented {
    pub metric: Metric,
    pub cells: Vec<Cell>,
    pub atoms: Vec<Atom>,
    /// The periods in which each stretch of time lies.
    pub stretches: Vec<Vec<Period>>,
    /// The day on which it is looked at each stretch, by number. Of events the stretch itself.
    pub days: Vec<usize>,
    /// Whether of somebody it is not known.
    pub has_unknown: bool,
}

impl Invented {
    pub fn new(metric: Metric, atoms: Vec<Atom>, stretches: Vec<Vec<Period>>, days: Vec<usize>) -> Self {
        let cells = cells(&atoms, &stretches);
        let has_unknown = atoms.iter().any(|atom| atom.counts.unknown > 0);
        Self { metric, cells, atoms, stretches, days, has_unknown }
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
