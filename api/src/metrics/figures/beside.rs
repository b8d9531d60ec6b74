//! What there is beside a figure: the same one of a wider metric, and of the shorter periods that end with it.
//!
//! Where nobody is left over between the two they are *tied*: both are the same. That is often seen: nobody is left over
//! in a sum of which both are shown, or none but in other parts of it. So it is taken as seen wherever it is so. Then to
//! hide one of them alone protects nothing, and what is known of several of the one together is known of the other.

use super::index::Key;
use super::rules::{EARLIER, Look, MET_IN_WHOLE, NOT_COUNTED, PARTS, is_few, parts};
use super::sheet::Sheet;

/// How a figure hangs on what is beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tie {
    /// Nothing beside it is the same.
    Loose,
    /// It is the same, and hidden.
    Tied,
    /// It is the same, and shown.
    Told,
}

/// So many figures may be beside one.
pub(super) const BESIDE: usize = PARTS - MET_IN_WHOLE;

/// How the figure hangs on each that is beside it.
pub(super) fn ties(sheet: &Sheet<'_>, key: Key) -> [Option<Tie>; BESIDE] {
    // How many there are is the same of all of them, and was decided before.
    if sheet.look() == Look::Denominator {
        return [None; BESIDE];
    }
    let left = parts(sheet.tally(key), sheet.look());
    std::array::from_fn(|at| {
        let part = MET_IN_WHOLE + at;
        let is_shown = is_shown(sheet, key, part)?;
        Some(match (left[part], is_shown) {
            (1.., _) => Tie::Loose,
            (_, false) => Tie::Tied,
            (_, true) => Tie::Told,
        })
    })
}

/// Whether the figure is hidden that is the one of that number beside this one.
pub(super) fn is_hidden(sheet: &Sheet<'_>, key: Key, at: usize) -> bool {
    is_shown(sheet, key, MET_IN_WHOLE + at) == Some(false)
}

/// The parts in which a few are left over.
pub(super) fn few(sheet: &Sheet<'_>, key: Key) -> impl Iterator<Item = usize> {
    let (look, least) = (sheet.look(), sheet.least(key));
    let left = parts(sheet.tally(key), look).into_iter().enumerate().skip(NOT_COUNTED);
    left.filter(move |(part, value)| is_few(*part, *value, look, least)).map(|(part, _)| part)
}

/// Whether everybody sees how many are left over in the part.
pub(super) fn is_seen(sheet: &Sheet<'_>, key: Key, part: usize) -> bool {
    let is_empty = parts(sheet.tally(key), sheet.look())[part] == 0;
    is_empty || !sheet.is_hidden(key) && is_shown(sheet, key, part) == Some(true)
}

/// Whether the figure is shown of which the part tells what is left over. None: there is none.
fn is_shown(sheet: &Sheet<'_>, key: Key, part: usize) -> Option<bool> {
    match part.checked_sub(EARLIER) {
        None => sheet.left.contains_key(&key).then(|| !sheet.hidden_in_wider.contains(&key)),
        Some(shorter) => {
            let period = sheet.index.shorter(key.period).nth(shorter)?;
            Some(!sheet.is_hidden(Key { period, ..key }))
        }
    }
}
