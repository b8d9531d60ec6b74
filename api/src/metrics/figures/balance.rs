//! What is hidden under one sum: enough of it that the sum may be told.

use glans_entity::metrics::Suppression::Complementary;

use super::beside::{self, Tie};
use super::index::{ALL, Key, ROOT, UNTOLD};
use super::pool::{Member, Pool};
use super::rules::{Look, Rule, parts};
use super::sheet::{Audience, Sheet};

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
        protect(sheet, total, &hidden, &shown);
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

/// Hides parts of a hidden sum: all of them together would be the sum, and so would be what is left over in each of them.
fn protect(sheet: &mut Sheet<'_>, total: Key, hidden: &[Key], shown: &[Key]) {
    let cheapest = |sheet: &Sheet<'_>, holds: &dyn Fn(Key) -> bool| {
        shown.iter().copied().filter(|key| holds(*key)).min_by_key(|key| sheet.cost(*key))
    };
    let mut wanted = Vec::new();
    if hidden.iter().all(|key| beside::ties(sheet, *key).contains(&Some(Tie::Told))) {
        wanted.extend(cheapest(sheet, &|_| true));
    }
    for part in beside::few(sheet, total) {
        let mut members = hidden.iter().chain(shown);
        if members.all(|key| beside::is_seen(sheet, *key, part)) {
            wanted.extend(cheapest(sheet, &|key| parts(sheet.tally(key), sheet.look())[part] > 0));
        }
    }
    for key in wanted {
        sheet.hide(key, Complementary);
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
    if hidden.is_empty() || sheet.is_hidden(total) || is_only_untold {
        return;
    }
    if shown.is_empty() && hidden.len() > 1 {
        // Nothing more can be hidden but the sum.
        if hidden.iter().any(|key| is_left_alone(sheet, *key, &hidden)) {
            sheet.hide(total, Complementary);
        }
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

/// Whether a few are left over in a figure, and it is seen of all others under the same sum how many are.
fn is_left_alone(sheet: &Sheet<'_>, key: Key, all: &[Key]) -> bool {
    let is_seen = |part| all.iter().all(|other| *other == key || beside::is_seen(sheet, *other, part));
    beside::few(sheet, key).any(is_seen)
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
        let hidden = self.hidden.iter().flat_map(|key| finest_hidden(self.sheet, *key));
        let hidden: Vec<Member> = hidden.map(|key| self.member(key)).collect();
        let mut free: Vec<Member> = self.free.iter().map(|key| self.member(*key)).collect();
        // What is the same as something that is shown helps little.
        free.sort_by_key(|member| member.ties.into_iter().max());
        let pool = Pool::of(&hidden, &free, |key, at| beside::is_hidden(self.sheet, key, at));
        pool.filled(free, rule)
    }

    fn member(&self, key: Key) -> Member {
        let Self { sheet, total, unit, .. } = self;
        let (unit, branch) = (unit(sheet, key), branch(sheet, *total, key));
        Member { key, tally: sheet.tally(key), unit, branch, ties: beside::ties(sheet, key) }
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
