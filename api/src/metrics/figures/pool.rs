//! What is hidden under one sum, and what else is to be hidden before the sum may be told.

use std::collections::{BTreeMap, BTreeSet};

use super::beside::{BESIDE, Tie};
use super::index::Key;
use super::rules::{PARTS, Rule, Tally, parts, wanting};

/// A figure that is hidden, or may be.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub key: Key,
    pub tally: Tally,
    /// With which others it is counted as one.
    pub unit: usize,
    /// The figure directly under the sum that holds it.
    pub branch: Key,
    pub ties: [Option<Tie>; BESIDE],
}

#[derive(Default)]
pub(super) struct Pool {
    all: Hidden,
    sides: [Side; BESIDE],
}

#[derive(Default)]
struct Hidden {
    units: BTreeMap<usize, Tally>,
    branches: BTreeSet<Key>,
}

/// The same, by how it hangs on one of those beside it. What is told there is left out.
#[derive(Default)]
struct Side {
    untold: Hidden,
    loose: Hidden,
    tied: Hidden,
    /// There something is hidden that is not the same here: what is tied is not known together.
    is_open: bool,
}

/// What some of the hidden figures want more.
struct Want {
    /// Of whom: of those that hang on that side no more than so. None: of all.
    of: Option<(usize, Tie)>,
    /// There are not yet two branches of them.
    is_for_branch: bool,
    /// The only one, if there is any.
    branch: Option<Key>,
    parts: [bool; PARTS],
}

impl Pool {
    /// Of hidden figures, with those that may join.
    pub fn of(hidden: &[Member], free: &[Member], is_hidden_beside: impl Fn(Key, usize) -> bool) -> Self {
        let mut pool = Self::default();
        for (at, side) in pool.sides.iter_mut().enumerate() {
            let mut loose = hidden.iter().chain(free).filter(|member| member.ties[at] == Some(Tie::Loose));
            side.is_open = loose.any(|member| is_hidden_beside(member.key, at));
        }
        for member in hidden {
            pool.add(member);
        }
        pool
    }

    fn add(&mut self, member: &Member) {
        self.all.add(member);
        for (side, tie) in self.sides.iter_mut().zip(member.ties) {
            match tie {
                Some(Tie::Loose) => side.loose.add(member),
                Some(Tie::Tied) => side.tied.add(member),
                Some(Tie::Told) | None => continue,
            }
            side.untold.add(member);
        }
    }

    /// Those of `free`, which is in the order in which they may join, that are to. None: nothing would be enough.
    pub fn filled(mut self, mut free: Vec<Member>, rule: Rule) -> Option<Vec<Key>> {
        let mut wants = self.wants(rule);
        let mut taken = Vec::new();
        // The first round may pass by what helps because it waits for a second branch.
        for _ in 0..2 {
            let mut passed = Vec::new();
            for member in free {
                if wants.iter().any(|want| want.is_helped_by(&member, rule)) {
                    taken.push(member.key);
                    self.add(&member);
                    wants = self.wants(rule);
                } else {
                    passed.push(member);
                }
            }
            free = passed;
        }
        wants.is_empty().then_some(taken)
    }

    fn wants(&self, rule: Rule) -> Vec<Want> {
        let sides = self.sides.iter().enumerate().filter(|(_, side)| !side.untold.units.is_empty());
        let of_sides = sides.filter_map(|(at, side)| {
            let (most, hidden) = side.sound();
            hidden.want(Some((at, most)), rule)
        });
        self.all.want(None, rule).into_iter().chain(of_sides).collect()
    }
}

impl Hidden {
    fn add(&mut self, member: &Member) {
        *self.units.entry(member.unit).or_default() += member.tally;
        self.branches.insert(member.branch);
    }

    fn want(&self, of: Option<(usize, Tie)>, rule: Rule) -> Option<Want> {
        let parts = wanting(self.units.values().copied(), rule);
        let is_for_branch = self.branches.len() < 2;
        let want = Want { of, is_for_branch, branch: self.branches.first().copied(), parts };
        (is_for_branch || parts != [false; PARTS]).then_some(want)
    }
}

impl Side {
    /// What must be enough by itself.
    ///
    /// - Beside it nothing else is hidden than what is tied: so the sum of that is known, and neither does it protect
    ///   the rest nor the rest it.
    /// - Something else is: then something else is to be hidden here too, for the sum of what is tied would tell it.
    fn sound(&self) -> (Tie, &Hidden) {
        match (self.is_open, self.loose.units.is_empty()) {
            (true, false) => (Tie::Tied, &self.untold),
            (false, true) => (Tie::Tied, &self.tied),
            (true, true) | (false, false) => (Tie::Loose, &self.loose),
        }
    }
}

impl Want {
    fn is_helped_by(&self, member: &Member, rule: Rule) -> bool {
        let is_of = self.of.is_none_or(|(at, most)| member.ties[at].is_some_and(|tie| tie <= most));
        let mut parts = parts(member.tally, rule.look).into_iter().zip(self.parts);
        let mut has_wanted = || parts.any(|(part, wanted)| wanted && part > 0);
        is_of && if self.is_for_branch { self.branch != Some(member.branch) } else { has_wanted() }
    }
}
