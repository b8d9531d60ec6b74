//! What may be told, of one figure and of what is left over beside others.

use super::Counts;

/// The counts of individuals that a figure tells: see [`parts`].
pub(super) const PARTS: usize = 5;
/// Where the denominator stands among them.
pub(super) const DENOMINATOR: usize = 0;

pub(super) type Parts = [i64; PARTS];

/// At what is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// At how many are counted.
    Denominator,
    /// Also at how many are met, are not, are unknown, and are known not to be.
    Everything,
}

/// What must hold of the figures that are hidden under one sum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub look: Look,
    /// A count of individuals is 0 or at least this.
    pub least: i64,
    /// Somebody knows one of the figures by heart: the sum of the others must do without it.
    pub is_known_in_part: bool,
}

pub(super) fn parts(counts: Counts, look: Look) -> Parts {
    let Counts { numerator, denominator, unknown } = counts;
    match look {
        Look::Denominator => [denominator, 0, 0, 0, 0],
        Look::Everything => {
            let rest = denominator - numerator;
            [denominator, numerator, rest.max(0), unknown, (rest - unknown).max(0)]
        }
    }
}

/// Whether no part of `counts` is of a few.
pub(super) fn is_calm(counts: Counts, look: Look, least: i64) -> bool {
    parts(counts, look).iter().all(|part| *part == 0 || *part >= least)
}

/// In which parts the hidden `units` want more beside them before their sum may be told. None: it may.
///
/// - There are at least two; three where one of them is known.
/// - Of a part of which any of them has few, the sum is not of a few: without the largest, where it may be known.
/// - Not all denominators stand at an end of what is known of them: that the small ones are between 1 and k − 1, the
///   others at least k. Else a sum of 2 tells that two hidden schools have one each.
pub(super) fn wanting(units: impl Iterator<Item = Counts>, rule: Rule) -> [bool; PARTS] {
    let Rule { look, least, is_known_in_part } = rule;
    let units: Vec<Parts> = units.filter(|unit| unit.denominator > 0).map(|unit| parts(unit, look)).collect();
    let known = usize::from(is_known_in_part);
    let mut wanted = [false; PARTS];
    wanted[DENOMINATOR] = units.len() < 2 + known;
    for (part, wanted) in wanted.iter_mut().enumerate() {
        let values = || units.iter().map(move |unit| unit[part]).filter(|value| *value > 0);
        if values().all(|value| value >= least) {
            continue;
        }
        let largest = if is_known_in_part { values().max().unwrap_or_default() } else { 0 };
        let above_the_low_end = values().filter(|value| *value != 1 && *value != least).count();
        let below_the_high_end = values().filter(|value| *value != least - 1).count();
        let is_pinned = above_the_low_end < 1 + known || below_the_high_end < 1 + known;
        *wanted |= values().sum::<i64>() - largest < least || part == DENOMINATOR && is_pinned;
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: Rule = Rule { look: Look::Denominator, least: 5, is_known_in_part: false };

    fn counts(numerator: i64, denominator: i64, unknown: i64) -> Counts {
        Counts { numerator, denominator, unknown }
    }

    fn is_settled(rule: Rule, denominators: &[i64]) -> bool {
        let units = denominators.iter().map(|denominator| counts(*denominator, *denominator, 0));
        wanting(units, rule) == [false; PARTS]
    }

    #[test]
    fn a_few_of_any_kind_are_not_calm() {
        let calm = |counts| is_calm(counts, Look::Everything, 5);
        assert!(calm(counts(0, 20, 0)) && calm(counts(20, 20, 0)) && calm(counts(5, 20, 10)) && calm(counts(0, 0, 0)));
        assert!(!calm(counts(4, 20, 0)) && !calm(counts(16, 20, 0)), "few are met, or are not");
        assert!(!calm(counts(10, 20, 1)), "few are unknown");
        assert!(!calm(counts(10, 20, 7)), "few are known not to be met");
        assert!(is_calm(counts(4, 20, 1), Look::Denominator, 5));
    }

    #[test]
    fn what_is_hidden_is_at_least_two_and_of_enough() {
        assert!(!is_settled(FIVE, &[4]));
        assert!(!is_settled(FIVE, &[2, 2]));
        assert!(is_settled(FIVE, &[3, 20]));
        assert!(!is_settled(FIVE, &[3, 0]));
    }

    #[test]
    fn who_knows_the_largest_does_not_learn_the_rest() {
        let known = Rule { is_known_in_part: true, ..FIVE };
        assert!(!is_settled(known, &[3, 20]));
        assert!(!is_settled(known, &[1, 3, 20]));
        assert!(is_settled(known, &[3, 20, 30]));
    }

    #[test]
    fn a_sum_does_not_pin_its_parts() {
        assert!(!is_settled(FIVE, &[1, 1, 1, 1, 1]), "each of five is one");
        assert!(!is_settled(FIVE, &[4, 4]), "eight are twice the most there may be");
        assert!(!is_settled(FIVE, &[1, 5]));
        assert!(is_settled(FIVE, &[1, 6]));
    }

    #[test]
    fn what_wants_more_is_named() {
        let rule = Rule { look: Look::Everything, ..FIVE };
        let units = [counts(18, 20, 0), counts(30, 30, 0)];
        assert_eq!(wanting(units.into_iter(), rule), [false, false, true, false, true]);
    }
}
