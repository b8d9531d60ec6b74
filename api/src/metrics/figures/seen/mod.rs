//! What the attacker sees: rows of figures, and of which unknown counts each is the sum.

mod own;
mod rows;
mod sums;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use glans_entity::metrics::{Level, Span};
use uuid::Uuid;

pub(super) use self::own::Own;
pub(super) use self::rows::{BOARD, Of, Row};
use self::rows::{RowKey, gather, keys, places, rows};
use self::sums::Sum;
pub(super) use self::sums::{Numbers, What, difference};
use super::equations::Line;
use super::invented::{Atom, Invented, Period};
use super::rules::{SHORTER, Tally};
use super::{Counts, Figure, Terms};
use crate::metrics::definitions::Counting;
use crate::metrics::periods;

/// Atoms of all class groups of a school and a language in a stretch.
pub(super) struct Block<'a> {
    pub atoms: Vec<&'a Atom>,
    sum: Sum,
    /// Of those who speak the language at that school at any time.
    class_groups: usize,
}

impl Block<'_> {
    fn school(&self) -> Uuid {
        self.atoms[0].school
    }
}

/// A metric as everybody sees it.
pub(super) struct Seen<'a> {
    pub invented: &'a Invented,
    figures: &'a [Figure],
    pub terms: Terms,
    pub rows: BTreeMap<RowKey<'a>, Row>,
    pub blocks: Vec<Block<'a>>,
    /// By cluster.
    schools: BTreeSet<(Uuid, Uuid)>,
    /// Blocks in which nobody else is met than in one of a shorter period, and that one.
    still: BTreeSet<(usize, usize)>,
}

impl<'a> Seen<'a> {
    pub fn of(invented: &'a Invented, figures: &'a [Figure], numbers: &mut Numbers<'a>) -> Self {
        let terms = Terms::of(invented.metric, 0);
        let mut rows = rows(figures, terms, None);
        let blocks = blocks(invented, numbers);
        for (at, block) in blocks.iter().enumerate() {
            let first = block.atoms[0];
            for key in keys(invented, first, &places(first)) {
                if let Some(row) = rows.get_mut(&key) {
                    row.sum.add(&block.sum);
                    row.blocks.push(at);
                }
            }
        }
        let schools = invented.atoms.iter().map(|atom| (atom.cluster, atom.school)).collect();
        let mut seen = Self { invented, figures, terms, rows, blocks, schools, still: BTreeSet::new() };
        if terms.counting == Counting::Coverage {
            seen.look_back();
        }
        seen
    }

    /// Looks at who is met beside those of shorter periods that end on the same day.
    fn look_back(&mut self) {
        let looked_on = |(span, key): Period| periods::looked_on(span, key);
        let all = self.rows.clone();
        for (key, row) in &mut self.rows {
            let (of, language, period) = *key;
            let shorter = all.range((of, language, (Span::Week, NaiveDate::MIN))..*key);
            let shorter = shorter.filter(|((_, _, other), _)| looked_on(*other) == looked_on(period));
            row.shorter = shorter.map(|(_, shorter)| shorter.clone()).collect();
            for (earlier, shorter) in row.tally.earlier.iter_mut().zip(&row.shorter) {
                *earlier = row.tally.counts.numerator - shorter.tally.counts.numerator;
            }
        }
        let of = |block: usize| {
            let first = self.blocks[block].atoms[0];
            (first.cluster, first.school, first.language.as_str())
        };
        let mut still = BTreeSet::new();
        for at in 0..SHORTER {
            let shorter = |row: &Row| row.shorter.get(at).is_some_and(|shorter| shorter.is_shown);
            for block in empty(&self.rows, |row| shorter(row).then_some(row.tally.earlier[at])) {
                let row = self.rows.values().find(|row| row.blocks.contains(&block));
                let others = row.and_then(|row| row.shorter.get(at)).map(|shorter| shorter.blocks.iter());
                let same = others.into_iter().flatten().find(|other| of(**other) == of(block));
                still.extend(same.map(|same| (block, *same)));
            }
        }
        self.still = still;
    }

    /// That as many are met in the blocks in which nobody else is.
    pub fn stills(&self) -> Vec<Line> {
        let line = |(one, other): &(usize, usize)| difference(&self.blocks[*one].sum.met, &self.blocks[*other].sum.met);
        self.still.iter().map(line).collect()
    }

    /// The same of the class groups of a school.
    fn stills_of(&self, team: Uuid, numbers: &mut Numbers<'a>) -> Vec<Line> {
        let mut lines = Vec::new();
        for (one, other) in self.still.iter().filter(|(one, _)| self.blocks[*one].school() == team) {
            let others = &self.blocks[*other].atoms;
            for atom in self.blocks[*one].atoms.iter().copied() {
                let Some(other) = others.iter().copied().find(|other| other.group == atom.group) else { continue };
                let [one, other] = [atom, other].map(|atom| numbers.sum(self.invented, atom, Some(atom.group)));
                lines.push(difference(&one.met, &other.met));
            }
        }
        lines
    }

    /// Looks at what is left beside each figure of the metric that this one is within.
    pub fn compare(&mut self, whole: &BTreeMap<RowKey<'a>, Row>) {
        for (key, row) in &mut self.rows {
            let Some(whole) = whole.get(key) else { continue };
            let (own, wide) = (row.tally.counts, whole.tally.counts);
            let numerator = wide.numerator - own.numerator;
            let denominator = wide.denominator - own.denominator;
            row.tally.left = Counts { numerator, denominator, unknown: 0 };
            row.whole = Some((whole.sum.clone(), whole.is_shown));
        }
    }

    /// Looks at which figures there are of the metric of which this one tells who is met.
    pub fn heed(&mut self, other: &BTreeMap<RowKey<'a>, Row>) {
        for (key, row) in &mut self.rows {
            row.is_told_elsewhere = other.get(key).is_some_and(|other| other.is_shown);
        }
    }

    /// The blocks that count the same as those of the metric that this one is within, as all of a figure does.
    pub fn same(&self) -> BTreeSet<(What, usize)> {
        let left = |what| {
            move |row: &Row| {
                let left = if what == What::Met { row.tally.left.numerator } else { row.tally.left.denominator };
                row.whole.as_ref().filter(|(_, is_shown)| *is_shown).map(|_| left)
            }
        };
        let of = |what| empty(&self.rows, left(what)).into_iter().map(move |block| (what, block));
        [What::Counted, What::Met].into_iter().flat_map(of).collect()
    }

    /// Cells that everybody could be told of: a language that is spoken in one class group.
    pub fn cells(&self) -> BTreeMap<String, Row> {
        let mut cells: BTreeMap<String, Row> = BTreeMap::new();
        for block in self.blocks.iter().filter(|block| block.class_groups == 1) {
            for period in &self.invented.stretches[block.atoms[0].stretch] {
                for atom in &block.atoms {
                    gather(&mut cells, atom, *period, &block.sum, self.terms.least);
                }
            }
        }
        cells
    }

    /// What is hidden in a sum, beside the school of the team.
    pub fn others(&self, (of, language, period): RowKey<'a>, team: Uuid) -> Tally {
        let mut others = Tally::default();
        let Of::Anybody(level, _, place) = of else { return others };
        let all = self.schools.iter().filter(|(cluster, _)| level == Level::Board || *cluster == place);
        for (cluster, school) in all.filter(|(_, school)| *school != team) {
            let Some(row) = self.rows.get(&(Of::Anybody(Level::School, *cluster, *school), language, period)) else {
                continue;
            };
            if !row.is_shown {
                others.counts += row.tally.counts;
            }
            if !row.is_shown || row.whole.as_ref().is_some_and(|(_, is_shown)| !is_shown) {
                others.left += row.tally.left;
            }
            if !row.is_shown || row.shorter.iter().any(|shorter| !shorter.is_shown) {
                let earlier = row.tally.earlier;
                others += Tally { earlier, ..Tally::default() };
            }
        }
        others
    }
}

fn blocks<'a>(invented: &'a Invented, numbers: &mut Numbers<'a>) -> Vec<Block<'a>> {
    let mut groups: BTreeMap<_, BTreeSet<Uuid>> = BTreeMap::new();
    let mut blocks: BTreeMap<_, Vec<&'a Atom>> = BTreeMap::new();
    for atom in &invented.atoms {
        let of = (atom.cluster, atom.school, atom.language.as_str());
        groups.entry(of).or_default().insert(atom.group);
        blocks.entry((of, atom.stretch)).or_default().push(atom);
    }
    let mut found = Vec::new();
    for ((of, _), atoms) in blocks {
        let sum = numbers.sum(invented, atoms[0], None);
        found.push(Block { atoms, sum, class_groups: groups[&of].len() });
    }
    found
}

/// The blocks in which nobody is left over: all of a shown row in which nobody is, or what is beside other shown rows in
/// which all are who are left there. `left` tells how many are left, where that is seen.
fn empty(rows: &BTreeMap<RowKey<'_>, Row>, left: impl Fn(&Row) -> Option<i64>) -> BTreeSet<usize> {
    let blocks = |row: &Row| row.blocks.iter().copied().collect::<BTreeSet<usize>>();
    let shown = rows.iter().filter(|(_, row)| row.is_shown && !row.blocks.is_empty());
    let mut seen: Vec<_> = shown.filter_map(|(key, row)| Some((*key, blocks(row), left(row)?))).collect();
    seen.sort_by_key(|(_, blocks, _)| Reverse(blocks.len()));
    let mut empty = BTreeSet::new();
    for (key, all, left) in &seen {
        let others = || seen.iter().filter(move |other| other.0 != *key && other.0.2 == key.2);
        let beside = |others: &mut dyn Iterator<Item = &(RowKey<'_>, BTreeSet<usize>, i64)>| {
            let (mut rest, mut left) = (all.clone(), *left);
            for (_, blocks, few) in others {
                if blocks.is_subset(&rest) {
                    rest.retain(|block| !blocks.contains(block));
                    left -= few;
                }
            }
            if left == 0 { rest } else { BTreeSet::new() }
        };
        if *left == 0 {
            empty.extend(all);
        } else {
            empty.extend(beside(&mut others().filter(|other| other.0.0 == key.0)));
            empty.extend(beside(&mut others().filter(|other| other.0.1 == key.1)));
            empty.extend(beside(&mut others()));
        }
    }
    empty
}
