//! What the attacker sees: rows of figures, and of which unknown counts each is the sum.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use glans_entity::metrics::{Level, Metric, Span};
use uuid::Uuid;

use super::equations::{Line, Space};
use super::invented::{Atom, Invented, Period};
use super::rules::{
    DENOMINATOR, EARLIER, KNOWN_NOT_MET, Look, MET, MET_IN_WHOLE, NOT_COUNTED, NOT_MET, SHORTER, Tally, UNKNOWN,
    is_few, parts,
};
use super::{Counts, Figure, Terms};
use crate::metrics::definitions::Counting;
use crate::metrics::periods;

pub(super) const BOARD: Uuid = Uuid::from_u128(1);

/// Whose denominators the metric has.
fn counted_by(metric: Metric) -> Metric {
    match metric {
        Metric::TwoWay | Metric::PositiveContact | Metric::ConversationCoverage => Metric::Contactability,
        _ => metric,
    }
}

/// Of what a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    /// Level, parent and place, as everybody sees it.
    Anybody(Level, Uuid, Uuid),
    /// The attacker's own school.
    Team,
    /// A class group of it.
    Group(Uuid),
}

pub(super) type RowKey<'a> = (Of, &'a str, Period);

/// What is not known of an atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Counted,
    Met,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Unknown<'a> {
    what: What,
    metric: Metric,
    cluster: Uuid,
    school: Uuid,
    /// None: of all class groups together.
    group: Option<Uuid>,
    language: &'a str,
    /// The number of a stretch, or of a day for those who are counted.
    time: usize,
}

/// The numbers of what is not known.
#[derive(Default)]
pub(super) struct Numbers<'a>(BTreeMap<Unknown<'a>, usize>);

impl<'a> Numbers<'a> {
    fn of(&mut self, unknown: Unknown<'a>) -> usize {
        let next = self.0.len();
        *self.0.entry(unknown).or_insert(next)
    }

    /// Of a metric what is not known of an atom, or of all class groups there.
    pub fn sum(&mut self, invented: &Invented, atom: &'a Atom, group: Option<Uuid>) -> Sum {
        let Atom { cluster, school, ref language, stretch, .. } = *atom;
        let (metric, time) = (invented.metric, stretch);
        let met = Unknown { what: What::Met, metric, cluster, school, group, language, time };
        let counted = match metric {
            // As many answers as guardians who answered.
            Metric::GuardianTrust => Unknown { metric: Metric::SurveyResponse, ..met },
            _ => Unknown { what: What::Counted, metric: counted_by(metric), time: invented.days[stretch], ..met },
        };
        let unknown = Unknown { what: What::Unknown, ..met };
        Sum {
            counted: vec![self.of(counted)],
            met: vec![self.of(met)],
            unknown: if invented.has_unknown { vec![self.of(unknown)] } else { Vec::new() },
        }
    }
}

/// What a figure is the sum of.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    pub counted: Vec<usize>,
    pub met: Vec<usize>,
    pub unknown: Vec<usize>,
}

impl Sum {
    fn add(&mut self, other: &Self) {
        self.counted.extend(&other.counted);
        self.met.extend(&other.met);
        self.unknown.extend(&other.unknown);
    }

    /// What is told where the sum is.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        let all = [&self.counted, &self.met, &self.unknown].into_iter();
        all.filter(|unknowns| !unknowns.is_empty()).map(|unknowns| sum_of(unknowns))
    }

    /// That the parts are this sum.
    pub fn links(&self, parts: &Self) -> impl Iterator<Item = Line> {
        let all = [(&self.counted, &parts.counted), (&self.met, &parts.met), (&self.unknown, &parts.unknown)];
        all.into_iter().filter(|(whole, _)| !whole.is_empty()).map(|(whole, parts)| difference(parts, whole))
    }
}

fn sum_of(unknowns: &[usize]) -> Line {
    let mut line = Line::default();
    line.add(unknowns);
    line
}

pub(super) fn difference(one: &[usize], other: &[usize]) -> Line {
    let mut line = sum_of(one);
    line.subtract(other);
    line
}

/// A figure, or a cell, which has none.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
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

/// The figures that are seen, by everybody or the team of a school.
fn rows(figures: &[Figure], terms: Terms, team: Option<Uuid>) -> BTreeMap<RowKey<'_>, Row> {
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

/// The rows of these places that the atom is in.
fn keys<'a>(invented: &Invented, atom: &'a Atom, places: &[Of]) -> Vec<RowKey<'a>> {
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

fn places(atom: &Atom) -> [Of; 3] {
    [
        Of::Anybody(Level::Board, Uuid::nil(), BOARD),
        Of::Anybody(Level::Cluster, BOARD, atom.cluster),
        Of::Anybody(Level::School, atom.cluster, atom.school),
    ]
}

/// Adds an atom to its cell.
fn gather(cells: &mut BTreeMap<String, Row>, atom: &Atom, period: Period, sum: &Sum, least: i64) {
    let Atom { cluster, school, group, ref language, .. } = *atom;
    let cell = cells.entry(format!("{cluster} {school} {group} {language} {period:?}")).or_default();
    cell.tally.counts += atom.counts;
    cell.least = least;
    cell.sum.add(sum);
}

/// What the team of a school sees of a metric beside everybody.
pub(super) struct Own<'a> {
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
