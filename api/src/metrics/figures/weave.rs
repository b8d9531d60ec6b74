//! Class groups × languages of a school. Both sums are shown to its team, and none of the counts between them.

use std::collections::{BTreeMap, BTreeSet};

use glans_entity::metrics::Suppression::Complementary;

use super::index::{ALL, Key, ROOT, UNTOLD};
use super::sheet::Sheet;

/// Hides languages until no count of a class group and a language can be told.
///
/// What is hidden of a side counts as one line there. A count is told if it is a bridge of the graph whose nodes are
/// lines and whose edges are counts. There is none if every language is spoken in two lines of groups that also speak
/// the most common one: then every edge lies on a ring, but for groups of one language, and those are told by their own
/// figure.
pub(super) fn part(sheet: &mut Sheet<'_>) {
    for period in 0..sheet.index.periods.len() {
        while let Some(language) = loose(sheet, period) {
            sheet.hide(Key { period, place: ROOT, language }, Complementary);
        }
    }
}

/// A shown language of the period that is to be hidden.
fn loose(sheet: &Sheet<'_>, period: usize) -> Option<usize> {
    let of = |language| Key { period, place: ROOT, language };
    let told = sheet.languages(of(ALL)).into_iter().filter(|key| key.language != UNTOLD && !sheet.is_hidden(*key));
    let told: BTreeSet<usize> = told.map(|key| key.language).collect();
    let mut lines: BTreeMap<Option<usize>, BTreeSet<Option<usize>>> = BTreeMap::new();
    for (place, language) in sheet.spoken.get(&period)? {
        let is_told = !sheet.is_hidden(Key { period, place: *place, language: ALL });
        let group = Some(*place).filter(|_| is_told);
        lines.entry(Some(*language).filter(|language| told.contains(language))).or_default().insert(group);
    }
    let groups: BTreeSet<_> = lines.values().flatten().collect();
    if groups.len() < 2 || told.is_empty() {
        return None;
    }
    let (common, at_home) = lines.iter().max_by_key(|(language, groups)| (groups.len(), **language))?;
    let loose: Vec<Option<usize>> = lines
        .iter()
        .filter(|(language, groups)| *language != common && groups.intersection(at_home).count() < 2)
        .map(|(language, _)| *language)
        .collect();
    if loose.is_empty() {
        return None;
    }
    let size = |language: &usize| (sheet.at(of(*language)).denominator, *language);
    // What is loose may be the line of the hidden ones: then the smallest joins it.
    loose.into_iter().flatten().min_by_key(size).or_else(|| told.iter().copied().min_by_key(size))
}
