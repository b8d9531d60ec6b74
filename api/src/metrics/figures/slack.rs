//! Tables with sums on both sides: places × languages, and places × the periods of a longer one.
//!
//! A line of a table that hides anything hides the table's slack too: the first column, in an order that is the same
//! for all lines. Those columns stand first that are hidden most often anyway, so that it seldom costs a figure.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use glans_entity::metrics::Span;
use glans_entity::metrics::Suppression::Complementary;

use super::index::{ALL, Key, ROOT};
use super::sheet::Sheet;
use crate::metrics::periods;

/// How much was hidden before any slack was taken. It does not change afterwards, for the order must not.
pub(super) struct Usage {
    periods: BTreeMap<usize, usize>,
    languages: BTreeMap<(usize, usize), usize>,
}

impl Usage {
    pub fn of(sheet: &Sheet<'_>) -> Self {
        let mut usage = Self { periods: BTreeMap::new(), languages: BTreeMap::new() };
        for key in sheet.hidden.keys() {
            *usage.periods.entry(key.period).or_default() += 1;
            *usage.languages.entry((key.period, key.language)).or_default() += 1;
        }
        usage
    }

    fn sort_periods(&self, keys: &mut [Key]) {
        keys.sort_by_key(|key| (Reverse(self.periods.get(&key.period).copied().unwrap_or_default()), key.period));
    }

    fn sort_languages(&self, keys: &mut [Key]) {
        let used = |key: &Key| self.languages.get(&(key.period, key.language)).copied().unwrap_or_default();
        keys.sort_by_key(|key| (Reverse(used(key)), key.language));
    }
}

/// Languages of each place and period.
pub(super) fn languages(sheet: &mut Sheet<'_>, usage: &Usage) {
    for period in (0..sheet.index.periods.len()).filter(|period| sheet.index.speaks(*period)) {
        for place in ROOT..sheet.places.len() {
            let mut columns = sheet.languages(Key { period, place, language: ALL });
            usage.sort_languages(&mut columns);
            spare(sheet, &columns);
        }
    }
}

/// Weeks of each place and month, and months of each place and school year.
pub(super) fn periods(sheet: &mut Sheet<'_>, usage: &Usage) {
    for place in ROOT..sheet.places.len() {
        for month in months(sheet, place).into_values() {
            let Month { weeks: mut columns, own } = month;
            usage.sort_periods(&mut columns);
            columns.extend(own);
            spare(sheet, &columns);
        }
        for (year, mut columns) in years(sheet, place) {
            usage.sort_periods(&mut columns);
            columns.push(year);
            spare(sheet, &columns);
        }
    }
}

/// Of one place, without what is of nobody.
#[derive(Default)]
struct Month {
    weeks: Vec<Key>,
    /// None before it is over.
    own: Option<Key>,
}

fn months(sheet: &Sheet<'_>, place: usize) -> BTreeMap<NaiveDate, Month> {
    let mut months: BTreeMap<NaiveDate, Month> = BTreeMap::new();
    for (key, starts_on) in counted(sheet, place, Span::Month) {
        months.entry(starts_on).or_default().own = Some(key);
    }
    for (key, starts_on) in counted(sheet, place, Span::Week) {
        months.entry(periods::start(Span::Month, starts_on)).or_default().weeks.push(key);
    }
    months
}

/// School years with their months.
fn years(sheet: &Sheet<'_>, place: usize) -> Vec<(Key, Vec<Key>)> {
    let months: Vec<_> = counted(sheet, place, Span::Month).collect();
    let years = counted(sheet, place, Span::SchoolYear).map(|(year, starts_on)| {
        let own = months.iter().filter(|(_, month)| periods::named(Span::SchoolYear, *month) == starts_on);
        (year, own.map(|(key, _)| *key).collect::<Vec<Key>>())
    });
    years.collect()
}

/// Figures of all languages together of which there is somebody, with the keys of their periods.
fn counted(sheet: &Sheet<'_>, place: usize, span: Span) -> impl Iterator<Item = (Key, NaiveDate)> {
    let periods = sheet.index.periods.iter().enumerate().filter(move |(_, period)| period.0 == span);
    let keys = periods.map(move |(period, (_, starts_on))| (Key { period, place, language: ALL }, *starts_on));
    keys.filter(move |(key, _)| sheet.at(*key).denominator > 0)
}

/// Hides the first of `columns` if any is hidden, and the second if that was the only one. Those who hide the same line
/// up with it: so each hidden figure lies on a ring of four.
fn spare(sheet: &mut Sheet<'_>, columns: &[Key]) {
    let Some((slack, others)) = columns.split_first() else { return };
    let hidden: Vec<Key> = columns.iter().copied().filter(|key| sheet.is_hidden(*key)).collect();
    match (hidden.as_slice(), others.first()) {
        ([], _) => {}
        ([only], Some(next)) if only == slack => {
            sheet.hide(*next, Complementary);
            line_up(sheet, *slack, *next);
        }
        (hidden, _) => {
            sheet.hide(*slack, Complementary);
            for key in hidden.iter().filter(|key| *key != slack) {
                line_up(sheet, *key, *slack);
            }
        }
    }
}

/// Hides the column of `other` wherever `key` is hidden under the same shown sum.
fn line_up(sheet: &mut Sheet<'_>, key: Key, other: Key) {
    for place in companions(sheet, key) {
        sheet.hide(Key { place, ..other }, Complementary);
    }
}

/// The places that are hidden under the same shown sum as `key`.
fn companions(sheet: &Sheet<'_>, key: Key) -> Vec<usize> {
    let above = std::iter::successors(sheet.places[key.place].parent, |place| sheet.places[*place].parent);
    let sum = above.map(|place| Key { place, ..key }).find(|sum| sum.place == ROOT || !sheet.is_hidden(*sum));
    let mut places = Vec::new();
    if let Some(sum) = sum {
        gather_hidden(sheet, sum, &mut places);
    }
    places
}

fn gather_hidden(sheet: &Sheet<'_>, total: Key, places: &mut Vec<usize>) {
    for member in sheet.members(total).into_iter().filter(|member| sheet.is_hidden(*member)) {
        places.push(member.place);
        gather_hidden(sheet, member, places);
    }
}
