//! What is hidden under one sum: enough of it that the sum may be told.

use std::collections::{BTreeMap, BTreeSet};

use glans_entity::metrics::Suppression::Complementary;

use super::rules::{Look, PARTS, Rule, Tally, parts, wanting};
use super::sheet::{ALL, Audience, Key, ROOT, Sheet, UNTOLD};

/// Hides what is wanted beside hidden figures, in every sum by place and by language.
pub(super) fn settle(sheet: &mut Sheet<'_>) {
    for period in 0..sheet.index.periods.len() {
        for language in (ALL..sheet.index.languages.len()).filter(|language| *language != UNTOLD) {
            // Clusters have higher numbers than the board: what is left of them is known when it comes to the board.
            for place in (ROOT..sheet.places.len()).rev() {
                by_place(sheet, Key { period, place, language });
            }
        }
        for place in ROOT..sheet.places.len() {
            by_language(sheet, Key { period, place, language: ALL });
        }
    }
}

fn by_place(sheet: &mut Sheet<'_>, total: Key) {
    let (hidden, shown): (Vec<Key>, Vec<Key>) =
        sheet.members(total).into_iter().partition(|member| sheet.is_hidden(*member));
    if sheet.is_hidden(total) {
        // All the parts together would be the sum.
        let cheapest = shown.iter().copied().min_by_key(|member| sheet.cost(*member));
        if let (true, Some(cheapest)) = (hidden.is_empty(), cheapest) {
            sheet.hide(cheapest, Complementary);
        }
        return;
    }
    if hidden.is_empty() {
        return;
    }
    let is_known_in_part = sheet.audience == Audience::Outside;
    let rule = Rule { look: sheet.look(), least: sheet.least(total), is_known_in_part };
    let free = candidates(sheet, hidden.iter().chain(&shown));
    let question = Question { sheet, total, hidden, free, unit: owner };
    // A board may be told though few of it are met: then only its size protects what is hidden in it.
    let is_whole = total.place == ROOT && sheet.at(total) == sheet.at(Key { language: ALL, ..total });
    let answer = question.answer(rule).or_else(|| {
        let by_size = Rule { look: Look::Denominator, ..rule };
        is_whole.then(|| question.answer(by_size)).flatten()
    });
    for key in answer.unwrap_or_else(|| vec![total]) {
        let branch = branch(sheet, total, key);
        sheet.hide(key, Complementary);
        sheet.hide(branch, Complementary);
    }
}

/// The finest figures under `members` that are still shown: those first for which no cluster is to be hidden, then the
/// smallest.
fn candidates<'k>(sheet: &Sheet<'_>, members: impl Iterator<Item = &'k Key>) -> Vec<Key> {
    let mut free = Vec::new();
    for member in members {
        let below = sheet.members(*member);
        let is_finest = below.is_empty();
        let costs = !is_finest && !sheet.is_hidden(*member);
        let finest = if is_finest { vec![*member] } else { below };
        let finest = finest.into_iter().filter(|key| !sheet.is_hidden(*key));
        free.extend(finest.map(|key| (costs, sheet.cost(key))));
    }
    free.sort_unstable();
    free.into_iter().map(|(_, (_, _, key))| key).collect()
}

fn by_language(sheet: &mut Sheet<'_>, total: Key) {
    let (hidden, mut shown): (Vec<Key>, Vec<Key>) =
        sheet.languages(total).into_iter().partition(|member| sheet.is_hidden(*member));
    let is_only_untold = shown.is_empty() && hidden.iter().all(|key| key.language == UNTOLD);
    if hidden.is_empty() || sheet.is_hidden(total) || is_only_untold || shown.is_empty() && hidden.len() > 1 {
        return;
    }
    shown.sort_unstable_by_key(|key| sheet.cost(*key));
    let is_of_schools = sheet.audience == Audience::Outside && !sheet.places[total.place].children.is_empty();
    let rule = Rule { look: sheet.look(), least: sheet.index.terms.least_by_language, is_known_in_part: is_of_schools };
    let unit: fn(&Sheet<'_>, Key) -> usize = if is_of_schools { owner } else { language };
    let question = Question { sheet, total, hidden, free: shown.clone(), unit };
    let answer = question.answer(rule);
    // Where no sum of some languages may be told, none is. Where there is one only, it is told by the total.
    let otherwise = if shown.is_empty() { vec![total] } else { shown };
    for key in answer.unwrap_or(otherwise) {
        sheet.hide(key, Complementary);
    }
}

/// What else is to be hidden before the sum of what is hidden may be told?
struct Question<'q, 'a> {
    sheet: &'q Sheet<'a>,
    total: Key,
    /// Directly under `total`.
    hidden: Vec<Key>,
    /// What may join, in this order.
    free: Vec<Key>,
    /// What is counted as one.
    unit: fn(&Sheet<'_>, Key) -> usize,
}

impl Question<'_, '_> {
    /// None: nothing would be enough.
    fn answer(&self, rule: Rule) -> Option<Vec<Key>> {
        let mut units: BTreeMap<usize, Tally> = BTreeMap::new();
        for key in self.hidden.iter().flat_map(|key| finest_hidden(self.sheet, *key)) {
            *units.entry((self.unit)(self.sheet, key)).or_default() += self.sheet.tally(key);
        }
        let mut branches: BTreeSet<Key> = self.hidden.iter().copied().collect();
        let mut wanted = wanting(units.values().copied(), rule);
        let mut taken = Vec::new();
        let mut free = self.free.clone();
        // The first round may pass by what helps because it waits for a second branch.
        for _ in 0..2 {
            let mut passed = Vec::new();
            for key in free {
                let branch = branch(self.sheet, self.total, key);
                let tally = self.sheet.tally(key);
                let helps = if branches.len() < 2 {
                    !branches.contains(&branch)
                } else {
                    parts(tally, rule.look).iter().zip(wanted).any(|(part, wanted)| wanted && *part > 0)
                };
                if helps {
                    taken.push(key);
                    branches.insert(branch);
                    *units.entry((self.unit)(self.sheet, key)).or_default() += tally;
                    wanted = wanting(units.values().copied(), rule);
                } else {
                    passed.push(key);
                }
            }
            free = passed;
        }
        (branches.len() >= 2 && wanted == [false; PARTS]).then_some(taken)
    }
}

fn owner(sheet: &Sheet<'_>, key: Key) -> usize {
    sheet.places[key.place].owner
}

fn language(_: &Sheet<'_>, key: Key) -> usize {
    key.language
}

/// The figure directly under `total` that holds `key`.
fn branch(sheet: &Sheet<'_>, total: Key, key: Key) -> Key {
    match sheet.places[key.place].parent {
        Some(parent) if parent != total.place && key.place != total.place => Key { place: parent, ..key },
        _ => key,
    }
}

/// What is hidden of a hidden figure: of a cluster its hidden schools, as the others are told.
fn finest_hidden(sheet: &Sheet<'_>, key: Key) -> Vec<Key> {
    if !sheet.is_hidden(key) {
        return Vec::new();
    }
    let below = sheet.members(key);
    if below.is_empty() { vec![key] } else { below.into_iter().flat_map(|key| finest_hidden(sheet, key)).collect() }
}
