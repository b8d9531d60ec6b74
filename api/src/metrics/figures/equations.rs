//! What linear equations tell, exactly: Gauss modulo a prime of 61 bits. Coefficients are 0 and 1 here, and what holds
//! over the rational numbers holds modulo the prime; the other way round it could fail by chance only, towards too much
//! told.

use std::collections::{BTreeMap, BTreeSet};

/// The ninth Mersenne prime.
const PRIME: u64 = (1 << 61) - 1;

/// Coefficients by unknown.
pub(super) type Line = BTreeMap<usize, u64>;

/// Unknowns that no sum tells apart, taken for one.
pub(super) struct Columns {
    of: Vec<usize>,
    sizes: Vec<usize>,
}

impl Columns {
    /// For so many unknowns, of which `sums` are known.
    pub fn of(unknowns: usize, sums: &[&[usize]]) -> Self {
        let mut signs: Vec<Vec<usize>> = vec![Vec::new(); unknowns];
        for (number, sum) in sums.iter().enumerate() {
            for unknown in *sum {
                signs[*unknown].push(number);
            }
        }
        // What is in the fewest sums goes first: it is solved with the least effort.
        let sorted: BTreeSet<(usize, &[usize])> = signs.iter().map(|sign| (sign.len(), sign.as_slice())).collect();
        let numbers: BTreeMap<&[usize], usize> = sorted.iter().enumerate().map(|(at, (_, sign))| (*sign, at)).collect();
        let of: Vec<usize> = signs.iter().map(|sign| numbers[sign.as_slice()]).collect();
        let mut sizes = vec![0; numbers.len()];
        for column in &of {
            sizes[*column] += 1;
        }
        Self { of, sizes }
    }

    /// The sum of `unknowns` as a line. `None` if it has a part of a column, for then no equations tell it.
    pub fn line(&self, unknowns: &[usize]) -> Option<Line> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for unknown in unknowns {
            *counts.entry(self.of[*unknown]).or_default() += 1;
        }
        counts.into_iter().map(|(column, count)| (count == self.sizes[column]).then_some((column, 1))).collect()
    }
}

/// All sums of equations that were added, as rows that each begin with a 1 where no other row begins.
#[derive(Default)]
pub(super) struct Space {
    rows: BTreeMap<usize, Vec<(usize, u64)>>,
}

impl Space {
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

    fn reduce(&self, mut line: Line) -> Line {
        let mut from = 0;
        while let Some((&lead, &factor)) = line.range(from..).next() {
            from = lead + 1;
            if let Some(row) = self.rows.get(&lead).filter(|_| factor != 0) {
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
    let line = |unknowns: &[usize]| unknowns.iter().map(|unknown| (*unknown, 1)).collect::<Line>();
    let mut space = Space::default();
    for sum in [&[0, 1][..], &[2, 3], &[0, 2], &[1, 3]] {
        space.add(line(sum));
    }
    assert!((0..4).all(|unknown| !space.tells(line(&[unknown]))), "two rows and two columns");
    assert!(space.tells(line(&[0, 1, 2, 3])));
    space.add(line(&[3]));
    assert!((0..4).all(|unknown| space.tells(line(&[unknown]))));
}
