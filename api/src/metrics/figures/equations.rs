//! What linear equations tell, exactly: Gauss modulo a prime of 61 bits. What holds over the rational numbers holds
//! modulo the prime; the other way round it could fail by chance only, towards too much told.

use std::collections::BTreeMap;

/// The ninth Mersenne prime.
const PRIME: u64 = (1 << 61) - 1;

/// A sum of unknowns, each as often as its coefficient says.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(BTreeMap<usize, u64>);

impl Line {
    pub fn add(&mut self, unknowns: &[usize]) {
        for unknown in unknowns {
            let coefficient = self.0.entry(*unknown).or_default();
            *coefficient = (*coefficient + 1) % PRIME;
        }
    }

    pub fn subtract(&mut self, unknowns: &[usize]) {
        for unknown in unknowns {
            let coefficient = self.0.entry(*unknown).or_default();
            *coefficient = (*coefficient + PRIME - 1) % PRIME;
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// All sums of equations that were added, as rows that each begin with a 1 where no other row begins.
#[derive(Default)]
pub(super) struct Space<'b> {
    /// What was known before.
    base: Option<&'b Space<'b>>,
    rows: BTreeMap<usize, Vec<(usize, u64)>>,
}

impl<'b> Space<'b> {
    /// To what is known something is to be added. It costs no more than what is added.
    pub fn upon(base: &'b Space<'b>) -> Self {
        Self { base: Some(base), rows: BTreeMap::new() }
    }

    /// The short ones first, so that the long ones are short when it is their turn.
    pub fn add_all(&mut self, mut lines: Vec<Line>) {
        lines.sort_by_key(Line::len);
        for line in lines {
            self.add(line);
        }
    }

    pub fn add(&mut self, line: Line) {
        let line = self.reduce(line);
        if let Some((lead, value)) = line.first_key_value() {
            let scale = inverse(*value);
            self.rows.insert(*lead, line.iter().map(|(at, value)| (*at, times(*value, scale))).collect());
        }
    }

    /// Whether the sum is the same in all solutions.
    pub fn tells(&self, line: Line) -> bool {
        self.reduce(line).is_empty()
    }

    fn row(&self, lead: usize) -> Option<&[(usize, u64)]> {
        let own = self.rows.get(&lead).map(Vec::as_slice);
        own.or_else(|| self.base.and_then(|base| base.row(lead)))
    }

    fn reduce(&self, Line(mut line): Line) -> BTreeMap<usize, u64> {
        let mut from = 0;
        while let Some((&lead, &factor)) = line.range(from..).next() {
            from = lead + 1;
            if let Some(row) = self.row(lead).filter(|_| factor != 0) {
                for (at, value) in row {
                    let left = line.entry(*at).or_default();
                    *left = (*left + PRIME - times(factor, *value)) % PRIME;
                }
            }
        }
        line.retain(|_, value| *value != 0);
        line
    }
}

#[expect(clippy::cast_possible_truncation, reason = "both halves have 61 bits")]
fn times(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    let (low, high) = ((product & u128::from(PRIME)) as u64, (product >> 61) as u64);
    (low + high) % PRIME
}

/// By Fermat.
fn inverse(value: u64) -> u64 {
    let (mut result, mut square, mut exponent) = (1, value, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, square);
        }
        square = times(square, square);
        exponent >>= 1;
    }
    result
}

#[test]
fn what_follows_from_sums_is_told_and_nothing_else() {
    let line = |unknowns: &[usize]| {
        let mut line = Line::default();
        line.add(unknowns);
        line
    };
    let mut space = Space::default();
    space.add_all([&[0, 1][..], &[2, 3], &[0, 2], &[1, 3]].map(line).into());
    assert!((0..4).all(|unknown| !space.tells(line(&[unknown]))), "two rows and two columns");
    assert!(space.tells(line(&[0, 1, 2, 3])));
    let mut more = Space::upon(&space);
    more.add(line(&[3]));
    assert!((0..4).all(|unknown| more.tells(line(&[unknown]))));
    let mut difference = line(&[0, 1, 2]);
    difference.subtract(&[2, 3]);
    assert!(more.tells(difference.clone()) && !space.tells(difference));
}
