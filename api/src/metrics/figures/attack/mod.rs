//! The attacker: asks all that a client may ask, of all metrics at once, and solves.
//!
//! Every shown count is an equation over the smallest counts there are: how many are counted, met and unknown of each
//! metric. Metrics that have the same denominators have those in common, so that what one shows helps with what another
//! hides; so do `GUARDIAN_TRUST`, of who answered, and `SURVEY_RESPONSE`. Of a metric within another one, the attacker
//! sees where both count the same, and takes the parts for the same too; likewise of a month that ends with a week. They
//! also see where all who are left over are in other shown parts of a sum: then the rest is the same.
//! They know where there is a row, also of what is hidden, and may be of the team of one of the schools.
//!
//! A board is safe if nothing is told of a hidden figure or a cell that counts 1 to k − 1: of whom is counted, met, not
//! met, unknown or known not to be met, of whom is in the wider metric alone, and of whom is met in the longer of two
//! periods alone.
//!
//! Excepted is what the team of a school that was in two clusters within a period learns of its own school: everybody
//! sees its parts by cluster. What is not tried stands in `figures/mod.rs`.

mod tests;

use glans_entity::ids::BoardId;
use glans_entity::metrics::Level;
use uuid::Uuid;

use super::equations::{Line, Space};
use super::invented::{Atom, Invented};
use super::rules::NOT_COUNTED;
use super::seen::{BOARD, Numbers, Of, Own, Row, Seen, What, difference};
use super::{Decided, Figure};
use crate::metrics::definitions;

struct Attack<'a> {
    seen: Vec<Seen<'a>>,
    /// Of a metric within another one, the blocks that are the same there: the number of either, what and the block.
    same: Vec<(usize, usize, What, usize)>,
    space: Space<'static>,
}

impl<'a> Attack<'a> {
    fn of(invented: &'a [Invented], figures: &'a [Vec<Figure>], numbers: &mut Numbers<'a>) -> Self {
        let mut seen: Vec<Seen<'a>> = Vec::new();
        let mut same = Vec::new();
        for (at, (invented, figures)) in invented.iter().zip(figures).enumerate() {
            let mut new = Seen::of(invented, figures, numbers);
            let whole = definitions::within(invented.metric);
            if let Some(whole) = seen.iter().position(|seen| Some(seen.invented.metric) == whole) {
                new.compare(&seen[whole].rows);
                same.extend(new.same().into_iter().map(|(what, block)| (at, whole, what, block)));
            }
            let told_of = definitions::tells_of(invented.metric);
            if let Some(other) = seen.iter().find(|seen| Some(seen.invented.metric) == told_of) {
                new.heed(&other.rows);
            }
            seen.push(new);
        }
        let mut attack = Self { seen, same, space: Space::default() };
        let shown = attack.seen.iter().flat_map(|seen| seen.rows.values()).filter(|row| row.is_shown);
        let mut lines: Vec<Line> = shown.flat_map(|row| row.sum.lines()).collect();
        for (at, whole, what, block) in &attack.same {
            let first = attack.seen[*at].blocks[*block].atoms[0];
            lines.push(attack.sameness((*at, *whole), *what, first, None, numbers));
        }
        lines.extend(attack.seen.iter().flat_map(Seen::stills));
        attack.space.add_all(lines);
        attack
    }

    /// That a count of an atom is the same in both metrics.
    fn sameness(
        &self,
        (at, whole): (usize, usize),
        what: What,
        atom: &'a Atom,
        group: Option<Uuid>,
        numbers: &mut Numbers<'a>,
    ) -> Line {
        let [own, wide] = [at, whole].map(|at| numbers.sum(self.seen[at].invented, atom, group));
        match what {
            What::Counted => difference(&own.counted, &wide.counted),
            What::Met => difference(&own.met, &wide.met),
            What::Unknown => difference(&own.unknown, &wide.unknown),
        }
    }

    /// What everybody is told and should not be.
    fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        for seen in &self.seen {
            let (metric, look) = (seen.invented.metric, seen.terms.outside);
            for (key, row) in &seen.rows {
                let is_board = key.1.is_empty() && matches!(key.0, Of::Anybody(Level::Board, ..));
                // What is shown is of nobody too few, but perhaps of the wider metric.
                let is_asked = |part: &usize| !row.is_shown || *part >= NOT_COUNTED && !is_board;
                let parts = row.few(look).filter(is_asked).filter(|part| row.is_told(*part, &self.space));
                told.extend(parts.map(|part| format!("{metric:?} {key:?} {part} of {:?}", row.tally)));
            }
            for (key, cell) in seen.cells() {
                let parts = cell.few(look).filter(|part| cell.is_told(*part, &self.space));
                told.extend(parts.map(|part| format!("{metric:?} cell {key} {part} of {:?}", cell.tally)));
            }
        }
        told
    }

    /// What the team of a school is told of other schools, or of its own, and should not be.
    fn told_to(&self, team: Uuid, numbers: &mut Numbers<'a>) -> Vec<String> {
        let own: Vec<Own<'a>> = self.seen.iter().map(|seen| Own::of(seen, numbers, team)).collect();
        let mut lines: Vec<Line> = own.iter().flat_map(|own| own.links.iter().cloned()).collect();
        let shown = own.iter().flat_map(|own| own.rows.values()).filter(|row| row.is_shown);
        lines.extend(shown.flat_map(|row| row.sum.lines()));
        for (at, whole, what, block) in &self.same {
            let block = &self.seen[*at].blocks[*block];
            for atom in block.atoms.iter().copied().filter(|atom| atom.school == team) {
                lines.push(self.sameness((*at, *whole), *what, atom, Some(atom.group), numbers));
            }
        }
        let mut space = Space::upon(&self.space);
        space.add_all(lines);
        let mut told = Vec::new();
        for (seen, own) in self.seen.iter().zip(&own) {
            told.extend(of_others(seen, team, &space));
            if !own.is_split {
                told.extend(of_own(seen, own, &space));
            }
        }
        told
    }
}

fn of_others(seen: &Seen<'_>, team: Uuid, space: &Space<'_>) -> Vec<String> {
    let look = seen.terms.outside;
    let mut told = Vec::new();
    for (key, row) in seen.rows.iter().filter(|(_, row)| !row.is_shown) {
        let few: Vec<usize> = match key.0 {
            Of::Anybody(Level::School, _, place) if place == team => Vec::new(),
            Of::Anybody(Level::School, ..) => row.few(look).collect(),
            // Of a sum also what is hidden in it of other schools.
            _ => {
                let others = Row { tally: seen.others(*key, team), least: row.least, ..Row::default() };
                let others: Vec<usize> = others.few(look).collect();
                row.few(look).filter(|part| others.contains(part)).collect()
            }
        };
        let parts = few.into_iter().filter(|part| row.is_told(*part, space));
        told.extend(parts.map(|part| format!("{team}: {:?} {key:?} {part} of {:?}", seen.invented.metric, row.tally)));
    }
    told
}

fn of_own(seen: &Seen<'_>, own: &Own<'_>, space: &Space<'_>) -> Vec<String> {
    let (metric, look) = (seen.invented.metric, seen.terms.inside);
    let mut told = Vec::new();
    for (key, row) in own.rows.iter().filter(|(_, row)| !row.is_shown) {
        let parts = row.few(look).filter(|part| row.is_told(*part, space));
        told.extend(parts.map(|part| format!("{metric:?} {key:?} {part} of {:?}", row.tally)));
    }
    for (key, cell) in &own.cells {
        let parts = cell.few(look).filter(|part| cell.is_told(*part, space));
        told.extend(parts.map(|part| format!("{metric:?} cell {key} {part} of {:?}", cell.tally)));
    }
    told
}

/// The figures of metrics that are decided one after the other.
pub(super) fn decided(invented: &[Invented]) -> Vec<Vec<Figure>> {
    let mut decided = Decided::nothing(BoardId(BOARD), 0);
    invented.iter().map(|it| decided.figures(it.metric, &it.cells)).collect()
}

/// What is told, to everybody and the teams of these schools.
pub(super) fn told(invented: &[Invented], figures: &[Vec<Figure>], teams: impl Iterator<Item = Uuid>) -> Vec<String> {
    let mut numbers = Numbers::default();
    let attack = Attack::of(invented, figures, &mut numbers);
    let mut told = attack.told();
    for team in teams {
        told.extend(attack.told_to(team, &mut numbers));
    }
    told
}
