//! What one audience sees: counts by place, language and period, and what of them is hidden.

use std::collections::{BTreeMap, BTreeSet};

use glans_entity::metrics::{Level, Suppression};
use uuid::Uuid;

use super::decided::{Before, Name};
use super::index::{ALL, Index, Key, ROOT, UNTOLD};
use super::rules::{Look, SHORTER, Tally, is_calm};
use super::slack::Usage;
use super::{Counts, Terms, balance, slack, weave};
use crate::metrics::definitions::Counting;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// The team of a school: at the school and its class groups.
    Inside,
    /// Everybody: at a board, its clusters and schools. They may be of the team of one of them.
    Outside,
}

#[derive(Debug)]
pub(super) struct Place {
    pub level: Level,
    pub id: Uuid,
    pub parent: Option<usize>,
    pub children: Vec<usize>,
    /// Whose own team knows it. Of a class group it is its own number.
    pub owner: usize,
}

#[derive(Debug)]
pub(super) struct Sheet<'a> {
    pub index: &'a Index,
    pub audience: Audience,
    pub places: Vec<Place>,
    by_id: BTreeMap<(usize, Uuid), usize>,
    pub counts: BTreeMap<Key, Counts>,
    /// What a wider metric has beside them.
    pub left: BTreeMap<Key, Counts>,
    /// What the wider metric hides.
    pub hidden_in_wider: BTreeSet<Key>,
    /// Pairs of a class group and a language of which there is somebody, by period.
    pub spoken: BTreeMap<usize, BTreeSet<(usize, usize)>>,
    /// Period, owner and language of what is hidden from the team of a school.
    bound: BTreeSet<(usize, usize, usize)>,
    /// What is hidden because of another metric.
    imposed: BTreeSet<Key>,
    pub hidden: BTreeMap<Key, Suppression>,
    changed: bool,
}

impl<'a> Sheet<'a> {
    pub fn new(index: &'a Index, audience: Audience, level: Level, root: Uuid) -> Self {
        Self {
            index,
            audience,
            places: vec![Place { level, id: root, parent: None, children: Vec::new(), owner: ROOT }],
            by_id: BTreeMap::new(),
            counts: BTreeMap::new(),
            left: BTreeMap::new(),
            hidden_in_wider: BTreeSet::new(),
            spoken: BTreeMap::new(),
            bound: BTreeSet::new(),
            imposed: BTreeSet::new(),
            hidden: BTreeMap::new(),
            changed: false,
        }
    }

    /// The number of a place; a new one if it is new.
    pub fn place(&mut self, parent: usize, level: Level, id: Uuid, owner: usize) -> usize {
        let new = self.places.len();
        let place = *self.by_id.entry((parent, id)).or_insert(new);
        if place == new {
            self.places.push(Place { level, id, parent: Some(parent), children: Vec::new(), owner });
            self.places[parent].children.push(new);
        }
        place
    }

    /// Adds to the figures of a place, of all languages and of the one of `key`.
    pub fn count(&mut self, key: Key, counts: Counts) {
        *self.counts.entry(Key { language: ALL, ..key }).or_default() += counts;
        if self.index.speaks(key.period) {
            *self.counts.entry(key).or_default() += counts;
        }
    }

    /// Adds to the figure of a class group, which has none by language.
    pub fn count_of_group(&mut self, key: Key, counts: Counts) {
        *self.counts.entry(Key { language: ALL, ..key }).or_default() += counts;
        if self.index.speaks(key.period) && counts.denominator > 0 {
            self.spoken.entry(key.period).or_default().insert((key.place, key.language));
        }
    }

    /// Hides all of a school that its own team does not see.
    pub fn bind(&mut self, owner: usize, team: &Sheet<'_>) {
        let own = team.hidden.keys().filter(|key| key.place == ROOT);
        self.bound.extend(own.map(|key| (key.period, owner, key.language)));
    }

    /// Hides what is hidden of other metrics of the same people, and looks at what is left of a wider one.
    pub fn heed(&mut self, before: Before<'_>) {
        for (key, counts) in &self.counts {
            let name = self.name(*key);
            let mut others = [before.few, before.told_of].into_iter().flatten();
            let mut is_imposed = others.any(|hidden| hidden.contains(&name));
            if let Some(whole) = before.whole.and_then(|told| told.counts.get(&name)) {
                let numerator = whole.numerator - counts.numerator;
                let denominator = whole.denominator - counts.denominator;
                self.left.insert(*key, Counts { numerator, denominator, unknown: 0 });
                if before.whole.is_some_and(|told| told.hidden.contains(&name)) {
                    self.hidden_in_wider.insert(*key);
                    // Where all who are met there are met here, this numerator tells that one.
                    is_imposed |= numerator == 0;
                }
            }
            if is_imposed {
                self.imposed.insert(*key);
            }
        }
    }

    /// What the figure is called, whatever the metric.
    pub fn name(&self, key: Key) -> Name {
        let place = &self.places[key.place];
        let (span, starts_on) = self.index.periods[key.period];
        Name {
            team: (self.audience == Audience::Inside).then(|| self.places[ROOT].id),
            span,
            starts_on,
            level: place.level,
            parent: place.parent.map_or(Uuid::nil(), |parent| self.places[parent].id),
            place: place.id,
            language: (key.language != ALL).then(|| self.index.languages[key.language].clone()),
        }
    }

    pub fn at(&self, key: Key) -> Counts {
        self.counts.get(&key).copied().unwrap_or_default()
    }

    pub fn tally(&self, key: Key) -> Tally {
        let counts = self.at(key);
        let mut earlier = [0; SHORTER];
        for (earlier, period) in earlier.iter_mut().zip(self.index.shorter(key.period)) {
            *earlier = counts.numerator - self.at(Key { period, ..key }).numerator;
        }
        Tally { counts, left: self.left.get(&key).copied().unwrap_or_default(), earlier }
    }

    pub fn is_hidden(&self, key: Key) -> bool {
        self.hidden.contains_key(&key)
    }

    /// The figures that have a row.
    pub fn published(&self) -> impl Iterator<Item = Key> {
        self.counts.keys().copied().filter(|key| self.is_published(*key))
    }

    fn is_published(&self, key: Key) -> bool {
        key.language != UNTOLD && !self.places[key.place].id.is_nil()
    }

    /// What is hidden first: what has no row, then what is smallest.
    pub fn cost(&self, key: Key) -> (bool, i64, Key) {
        (self.is_published(key), self.at(key).denominator, key)
    }

    pub fn look(&self) -> Look {
        match self.audience {
            Audience::Inside => self.index.terms.inside,
            Audience::Outside => self.index.terms.outside,
        }
    }

    /// The figures of which `total` is the sum, by place, but of nobody.
    pub fn members(&self, total: Key) -> Vec<Key> {
        let children = self.places[total.place].children.iter();
        children.map(|place| Key { place: *place, ..total }).filter(|key| self.at(*key).denominator > 0).collect()
    }

    /// The figures of which `total` is the sum, by language, but of nobody.
    pub fn languages(&self, total: Key) -> Vec<Key> {
        let languages = UNTOLD..self.index.languages.len();
        languages.map(|language| Key { language, ..total }).filter(|key| self.at(*key).denominator > 0).collect()
    }

    /// k. Where one language is spoken only, its figure is that of all.
    pub fn least(&self, key: Key) -> i64 {
        let Terms { least, least_by_language, .. } = self.index.terms;
        let is_all = key.language == ALL || self.at(key) == self.at(Key { language: ALL, ..key });
        if is_all { least } else { least_by_language }
    }

    /// Hides a figure, and with it what is its own part or tells the same. False if there is nothing to hide.
    pub fn hide(&mut self, key: Key, why: Suppression) -> bool {
        if self.at(key).denominator == 0 || self.is_hidden(key) {
            return false;
        }
        self.hidden.insert(key, why);
        self.changed = true;
        if key.language == ALL {
            for part in self.languages(key) {
                self.hide(part, Suppression::Complementary);
            }
        }
        let index = self.index;
        for period in &index.twins[key.period] {
            let twin = Key { period: *period, ..key };
            if self.is_told_by(key, twin) {
                self.hide(twin, Suppression::Complementary);
            }
        }
        true
    }

    /// Whether the figure of another period of the same students is the same. How many they are is hidden of both by
    /// what was decided before; of coverage the longer one tells more only where nobody else is met in it.
    fn is_told_by(&self, key: Key, twin: Key) -> bool {
        let is_longer = twin.period > key.period;
        let is_same = || is_longer && self.at(twin).numerator == self.at(key).numerator;
        self.index.terms.counting != Counting::Coverage || is_same()
    }

    /// Decides what is hidden. Everything but the first step only reacts to what is hidden already, until nothing is
    /// left.
    pub fn decide(&mut self) {
        let primary: Vec<_> = self.counts.keys().filter_map(|key| Some((*key, self.primary(*key)?))).collect();
        for (key, why) in primary {
            self.hide(key, why);
        }
        let mut usage = None;
        while std::mem::take(&mut self.changed) {
            balance::settle(self);
            let usage = usage.get_or_insert_with(|| Usage::of(self));
            match self.audience {
                Audience::Inside => weave::part(self),
                Audience::Outside => slack::languages(self, usage),
            }
            if self.index.terms.counting == Counting::Events {
                slack::periods(self, usage);
            }
        }
        self.name_reasons();
    }

    /// Why a figure is hidden to begin with.
    fn primary(&self, key: Key) -> Option<Suppression> {
        let counts = self.at(key);
        let least = self.least(key);
        // What is all of the board is no part of a breakdown.
        let board = self.at(Key { place: ROOT, language: ALL, ..key });
        let is_part = counts.denominator < board.denominator;
        let is_looked_at = is_part || self.audience == Audience::Inside || self.look() == Look::Answers;
        if counts.denominator < least {
            Some(Suppression::SmallDenominator)
        } else if is_looked_at && !is_calm(self.tally(key), self.look(), least) {
            Some(Suppression::SensitiveExtreme)
        } else {
            let place = &self.places[key.place];
            let is_of_team = self.bound.contains(&(key.period, place.owner, key.language));
            let is_bound = place.level == Level::School && is_of_team;
            (is_bound || self.imposed.contains(&key)).then_some(Suppression::Complementary)
        }
    }

    /// Says the same of all that is hidden in a period and is not small, lest the reason tells which of them has few.
    fn name_reasons(&mut self) {
        let extreme = self.hidden.iter().filter(|(_, why)| **why == Suppression::SensitiveExtreme);
        let extreme: BTreeSet<usize> = extreme.map(|(key, _)| key.period).collect();
        let reason = |key: Key| {
            if self.at(key).denominator < self.least(key) {
                Suppression::SmallDenominator
            } else if extreme.contains(&key.period) {
                Suppression::SensitiveExtreme
            } else {
                Suppression::Complementary
            }
        };
        self.hidden = self.hidden.keys().map(|key| (*key, reason(*key))).collect();
    }
}
