//! What the team of a school sees of a metric beside everybody.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::Seen;
use super::rows::{Of, Row, RowKey, gather, keys, rows};
use super::sums::{Numbers, Sum};
use crate::metrics::figures::equations::Line;

/// What the team of a school sees of a metric beside everybody.
pub(in crate::metrics::figures) struct Own<'a> {
    pub rows: BTreeMap<RowKey<'a>, Row>,
    pub cells: BTreeMap<String, Row>,
    /// How the class groups make up the school.
    pub links: Vec<Line>,
    /// The school was in two clusters.
    pub is_split: bool,
}

impl<'a> Own<'a> {
    pub fn of(seen: &Seen<'a>, numbers: &mut Numbers<'a>, team: Uuid) -> Self {
        let mut rows = rows(seen.figures, seen.terms, Some(team));
        let (mut cells, mut links, mut clusters) = (BTreeMap::new(), seen.stills_of(team, numbers), BTreeSet::new());
        for block in seen.blocks.iter().filter(|block| block.school() == team) {
            let first = block.atoms[0];
            clusters.insert(first.cluster);
            for key in keys(seen.invented, first, &[Of::Team]) {
                if let Some(row) = rows.get_mut(&key) {
                    row.sum.add(&block.sum);
                }
            }
            let mut all = Sum::default();
            for atom in block.atoms.iter().copied() {
                let part = numbers.sum(seen.invented, atom, Some(atom.group));
                all.add(&part);
                for key in keys(seen.invented, atom, &[Of::Group(atom.group)]) {
                    if let Some(row) = rows.get_mut(&key) {
                        row.sum.add(&part);
                    }
                }
                for period in &seen.invented.stretches[atom.stretch] {
                    gather(&mut cells, atom, *period, &part, seen.terms.least);
                }
            }
            links.extend(block.sum.links(&all));
        }
        Self { rows, cells, links, is_split: clusters.len() > 1 }
    }
}
