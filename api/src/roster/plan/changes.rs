//! What an import does to one table, and how a stored row is found again.

use std::collections::{HashMap, HashSet};
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

/// How the rows of one table are found again.
pub struct Matching<'a, W, M, K> {
    /// Source id and line.
    pub source: fn(&W) -> (&str, u32),
    /// What must be unique, and what people know a row by.
    pub wanted_key: &'a dyn Fn(&W) -> Option<K>,
    pub stored_key: &'a dyn Fn(&M) -> Option<K>,
    /// Whether the row has ended.
    pub gone: fn(&M) -> bool,
    /// Whether a row with the same key is the same thing, and not another that has been given its key.
    pub same: fn(&W, &M) -> bool,
    pub cell: fn(&W) -> Cell,
}

/// A stored row that nothing in the files is.
pub struct Rest<M> {
    pub row: M,
    /// It has ended, and another row is to have its key.
    pub loses_key: bool,
}

impl<M: Row> Rest<M> {
    /// The row as it stays, without a key that has gone to another.
    pub fn kept(&self) -> M {
        if self.loses_key { self.row.without_key() } else { self.row.clone() }
    }
}

/// What is wanted, each with its stored row if it has one; and the stored rows that are left.
type Paired<'w, W, M> = (Vec<(&'w W, Option<M>)>, Vec<Rest<M>>);

/// Pairs what is wanted with what is stored: by source id, else by key. A stored row may be taken over by its key when no
/// import claims it, or when the record that claimed it has ended.
pub fn pair<'w, W, M: Row, K: Eq + Hash>(
    section: &'w Section<W>,
    stored: Vec<M>,
    matching: &Matching<'_, W, M, K>,
    problems: &mut Problems,
) -> Paired<'w, W, M> {
    let sources = section.rows.iter().map(|row| (matching.source)(row).0);
    let wanted_ids: HashSet<&str> = sources.collect();
    let (mut by_source, mut by_key) = (HashMap::new(), HashMap::new());
    for (at, row) in stored.iter().enumerate() {
        if let Some(id) = row.source_id() {
            by_source.insert(id.to_owned(), at);
        }
        if let Some(key) = (matching.stored_key)(row) {
            by_key.insert(key, at);
        }
    }
    let mut rows: Vec<Option<M>> = stored.into_iter().map(Some).collect();
    let mut losing: HashSet<usize> = HashSet::new();
    let mut seen: HashSet<K> = HashSet::new();
    let mut pairs = Vec::with_capacity(section.rows.len());
    for wanted in &section.rows {
        let (id, line) = (matching.source)(wanted);
        let own = by_source.get(id).copied();
        let key = (matching.wanted_key)(wanted);
        let holder = key.as_ref().and_then(|key| by_key.get(key)).copied().filter(|&at| Some(at) != own);
        // A row that was paired already, or will be with a record of its own, lets go of its key in time.
        let holder = holder.and_then(|at| Some((at, rows[at].as_ref()?)));
        let holder = holder.filter(|(_, row)| row.source_id().is_none_or(|id| !wanted_ids.contains(id)));
        let twice = key.is_some_and(|key| !seen.insert(key));
        let fate = holder.map(|(at, row)| (at, fate(row, own.is_some(), wanted, section, matching)));
        if twice || matches!(fate, Some((_, Fate::Stays))) {
            let cell = (matching.cell)(wanted);
            let place = Place::cell(cell.file, line, cell.column);
            problems.error(place, format!("is the {} already; make them differ", cell.what));
        }
        let taken_over = fate.filter(|(_, fate)| *fate == Fate::TakenOver).map(|(at, _)| at);
        losing.extend(fate.filter(|(_, fate)| *fate == Fate::LosesKey).map(|(at, _)| at));
        pairs.push((wanted, own.or(taken_over).and_then(|at| rows[at].take())));
    }
    let rest = rows.into_iter().enumerate();
    let rest = rest.filter_map(|(at, row)| Some(Rest { row: row?, loses_key: losing.contains(&at) }));
    (pairs, rest.collect())
}

/// What becomes of a stored row whose key a record wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    TakenOver,
    LosesKey,
    /// It lives, and is another: the two collide.
    Stays,
}

fn fate<W, M: Row, K>(
    row: &M,
    has_own: bool,
    wanted: &W,
    section: &Section<W>,
    matching: &Matching<'_, W, M, K>,
) -> Fate {
    let over = row.source_id().is_some_and(|id| section.ends(id) || (matching.gone)(row));
    let free = over || row.source_id().is_none();
    if free && !has_own && (matching.same)(wanted, row) {
        Fate::TakenOver
    } else if over {
        Fate::LosesKey
    } else {
        Fate::Stays
    }
}
