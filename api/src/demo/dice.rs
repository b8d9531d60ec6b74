//! Chance that is the same every time.

use uuid::Uuid;

/// `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
///
/// Six lines in place of a crate on purpose: one seed must make one demo for years, and the generators of the `rand`
/// family reserve the right to change their streams with a release.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn with_seed(seed: u64) -> Self {
        Self(seed)
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, not including, `bound`; 0 where `bound` is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.throw().checked_rem(bound as u64).and_then(|rest| usize::try_from(rest).ok()).unwrap_or_default()
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the items; the list must not be empty.
    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// One of the items, as often as its weight says.
    pub(super) fn weighted<'a, T>(&mut self, items: &'a [(usize, T)]) -> &'a T {
        let total = items.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total);
        for (weight, item) in items {
            if left < *weight {
                return item;
            }
            left -= weight;
        }
        &items[0].1
    }

    /// A version 7 UUID (RFC 9562) of the given instant.
    pub(super) fn uuid(&mut self, unix_milliseconds: u64) -> Uuid {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.throw().to_be_bytes());
        random[8..].copy_from_slice(&self.throw().to_be_bytes()[..2]);
        uuid::Builder::from_unix_timestamp_millis(unix_milliseconds, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of the reference implementation for the seed 1234567.
    #[test]
    fn the_stream_is_that_of_the_reference() {
        let mut dice = Dice::with_seed(1_234_567);
        let stream: Vec<_> = (0..3).map(|_| dice.throw()).collect();
        assert_eq!(stream, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::with_seed(1);
        let often = (0..1000).filter(|_| *dice.weighted(&[(9, true), (1, false)])).count();
        assert!((850..950).contains(&often), "{often}");
        assert!((0..100).all(|_| *dice.weighted(&[(0, false), (1, true)])));
    }

    #[test]
    fn an_id_is_a_version_7_uuid_of_its_instant() {
        let uuid = Dice::with_seed(1).uuid(1_700_000_000_000);
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_timestamp().map(|at| at.to_unix().0), Some(1_700_000_000));
    }
}
