//! What an import does to one table, and how a stored row is found again.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::roster::problem::{Place, Problems};
use crate::roster::stored::Row;
use crate::roster::wanted::Section;

/// A row as it is and as it is to be.
#[derive(Debug)]
pub struct Update<M> {
    pub before: M,
    pub after: M,
}

/// What an import does to one table.
#[derive(Debug)]
pub struct Changes<M> {
    pub creates: Vec<M>,
    pub updates: Vec<Update<M>>,
    pub counts: Counts,
}

/// How many rows of one kind an import makes, changes, ends and leaves alone.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub created: usize,
    pub updated: usize,
    pub ended: usize,
    pub unchanged: usize,
}

impl<M> Default for Changes<M> {
    fn default() -> Self {
        Self { creates: Vec::new(), updates: Vec::new(), counts: Counts::default() }
    }
}

impl<M: Row> Changes<M> {
    pub fn create(&mut self, row: M) {
        self.counts.created += 1;
        self.creates.push(row);
    }

    /// An update where anything differs.
    pub fn settle(&mut self, before: M, after: M, now: DateTime<Utc>) {
        if before == after {
            self.counts.unchanged += 1;
        } else {
            self.counts.updated += 1;
            self.push(before, after, now);
        }
    }

    /// The row stays for its history and counts no longer.
    pub fn end(&mut self, before: M, after: M, now: DateTime<Utc>) {
        if before != after {
            self.counts.ended += 1;
            self.push(before, after, now);
        }
    }

    fn push(&mut self, before: M, mut after: M, now: DateTime<Utc>) {
        after.touch(now);
        self.updates.push(Update { before, after });
    }
}

/// Where a value that must be unique stands in the files.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    pub file: &'static str,
    pub column: &'static str,
    /// What it is the value of, as "name of a cluster".
    pub what: &'static str,
}

/// Pairs what is wanted with what is stored: by source id, else by the key that people know it by. A stored row may be
/// taken over by its key when no import claims it, or when the record that claimed it has ended.
pub fn pair<'w, W, M, K>(
    section: &'w Section<W>,
    stored: Vec<M>,
    source: impl Fn(&W) -> (&str, u32),
    wanted_key: impl Fn(&W) -> Option<K>,
    stored_key: impl Fn(&M) -> Option<K>,
    cell: Cell,
    problems: &mut Problems,
) -> (Vec<(&'w W, Option<M>)>, Vec<M>)
where
    M: Row,
    K: Eq + Hash,
{
    let wanted_ids: HashMap<&str, usize> =
        section.rows.iter().enumerate().map(|(at, row)| (source(row).0, at)).collect();
    let mut by_source = HashMap::new();
    let mut by_key = HashMap::new();
    for (at, row) in stored.iter().enumerate() {
        if let Some(id) = row.source_id() {
            by_source.insert(id.to_owned(), at);
        }
        if let Some(key) = stored_key(row) {
            by_key.insert(key, at);
        }
    }
    let mut rows: Vec<Option<M>> = stored.into_iter().map(Some).collect();
    let mut seen: HashMap<K, u32> = HashMap::new();
    let mut pairs = Vec::with_capacity(section.rows.len());
    for wanted in &section.rows {
        let (id, line) = source(wanted);
        let own = by_source.get(id).copied();
        let key = wanted_key(wanted);
        let holder = key.as_ref().and_then(|key| by_key.get(key)).copied().filter(|&at| Some(at) != own);
        let holder = holder.and_then(|at| Some((at, rows[at].as_ref()?.source_id())));
        // A row that was paired already, or will be with a record of its own, lets go of its key in time.
        let free = |claim: &str| !wanted_ids.contains_key(claim) && section.ends(claim);
        let taken_over = holder.filter(|(_, claim)| own.is_none() && claim.is_none_or(free)).map(|(at, _)| at);
        let stays = holder.is_some_and(|(_, claim)| claim.is_none_or(|claim| !wanted_ids.contains_key(claim)));
        let twice = key.and_then(|key| seen.insert(key, line)).is_some();
        if twice || (stays && taken_over.is_none()) {
            let place = Place::cell(cell.file, line, cell.column);
            problems.error(place, format!("is the {} already; make them differ", cell.what));
        }
        let found = own.or(taken_over).and_then(|at| rows[at].take());
        pairs.push((wanted, found));
    }
    (pairs, rows.into_iter().flatten().collect())
}
