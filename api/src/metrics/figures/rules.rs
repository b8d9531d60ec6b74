//! What may be told, of one figure and of what is left over beside others.

use std::ops::AddAssign;

use super::Counts;

/// The counts of individuals that a figure tells, by itself and less from a wider one: see [`parts`].
pub(super) const PARTS: usize = EARLIER + SHORTER;
/// Where each stands among them.
pub(super) const DENOMINATOR: usize = 0;
pub(super) const MET: usize = 1;
pub(super) const NOT_MET: usize = 2;
#[cfg(test)]
pub(super) const UNKNOWN: usize = 3;
#[cfg(test)]
pub(super) const KNOWN_NOT_MET: usize = 4;
pub(super) const NOT_COUNTED: usize = 5;
pub(super) const MET_IN_WHOLE: usize = 6;
/// The first of [`Tally::earlier`].
pub(super) const EARLIER: usize = 7;

/// So many shorter periods may end with a longer one: the week and the month with which a school year ends.
pub(super) const SHORTER: usize = 2;

pub(super) type Parts = [i64; PARTS];

/// What is counted, and what of a wider metric is left over beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub counts: Counts,
    /// The counts of the wider metric less these ones; nothing where there is no wider one.
    pub left: Counts,
    /// How many are met that were not in each shorter period of the same students; 0 where there is none.
    pub earlier: [i64; SHORTER],
}

impl From<Counts> for Tally {
    fn from(counts: Counts) -> Self {
        Self { counts, ..Self::default() }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.counts += other.counts;
        self.left += other.left;
        for (sum, part) in self.earlier.iter_mut().zip(other.earlier) {
            *sum += part;
        }
    }
}

/// At what is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// At how many are counted.
    Denominator,
    /// Also at how many are met, are not, are unknown, and are known not to be.
    Everything,
    /// The same of answers: that all said the same tells of each of them.
    Answers,
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

pub(super) fn parts(tally: Tally, look: Look) -> Parts {
    let Counts { numerator, denominator, unknown } = tally.counts;
    match look {
        Look::Denominator => [denominator, 0, 0, 0, 0, 0, 0, 0, 0],
        Look::Everything | Look::Answers => {
            let (rest, left, [first, second]) = (denominator - numerator, tally.left, tally.earlier);
            let known = rest - unknown;
            let whole = [left.denominator, left.numerator];
            let parts: Parts = [denominator, numerator, rest, unknown, known, whole[0], whole[1], first, second];
            parts.map(|part| part.max(0))
        }
    }
}

/// Whether so many in a part are a few: too few to be told, and not nobody.
pub(super) fn is_few(part: usize, value: i64, look: Look, least: i64) -> bool {
    let is_answer = look == Look::Answers && (part == MET || part == NOT_MET);
    value < least && (value > 0 || is_answer)
}

/// Whether no part of `tally` is of a few.
pub(super) fn is_calm(tally: Tally, look: Look, least: i64) -> bool {
    let is_nobody = tally.counts.denominator == 0;
    is_nobody || parts(tally, look).into_iter().enumerate().all(|(part, value)| !is_few(part, value, look, least))
}

/// In which parts the hidden `units` want more beside them before their sum may be told. None: it may.
///
/// - There are at least two; three where one of them is known.
/// - Of a part of which any of them has few, the sum is not of a few: without the largest, where it may be known.
/// - Not all denominators stand at an end of what is known of them: that the small ones are between 1 and k − 1, the
///   others at least k. Else a sum of 2 tells that two hidden schools have one each.
pub(super) fn wanting(units: impl Iterator<Item = Tally>, rule: Rule) -> [bool; PARTS] {
    let Rule { look, least, is_known_in_part } = rule;
    let units: Vec<Parts> = units.filter(|unit| unit.counts.denominator > 0).map(|unit| parts(unit, look)).collect();
    let known = usize::from(is_known_in_part);
    let mut wanted = [false; PARTS];
    wanted[DENOMINATOR] = units.len() < 2 + known;
    for (part, wanted) in wanted.iter_mut().enumerate() {
        if units.iter().all(|unit| !is_few(part, unit[part], look, least)) {
            continue;
        }
        let values = || units.iter().map(move |unit| unit[part]).filter(|value| *value > 0);
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

    fn counts(numerator: i64, denominator: i64, unknown: i64) -> Tally {
        Counts { numerator, denominator, unknown }.into()
    }

    fn is_settled(rule: Rule, denominators: &[i64]) -> bool {
        let units = denominators.iter().map(|denominator| counts(*denominator, *denominator, 0));
        wanting(units, rule) == [false; PARTS]
    }

    fn wanted(parts: &[usize]) -> [bool; PARTS] {
        std::array::from_fn(|part| parts.contains(&part))
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
    fn answers_that_are_all_the_same_are_not_calm() {
        let calm = |counts| is_calm(counts, Look::Answers, 10);
        assert!(calm(counts(10, 20, 0)) && calm(counts(0, 0, 0)));
        assert!(!calm(counts(0, 10, 0)) && !calm(counts(10, 10, 0)) && !calm(counts(40, 40, 0)));
        assert!(is_calm(counts(0, 10, 0), Look::Everything, 10));
        let rule = Rule { look: Look::Answers, least: 10, is_known_in_part: false };
        let sum = |units: [(i64, i64); 2]| wanting(units.into_iter().map(|(met, of)| counts(met, of, 0)), rule);
        assert_eq!(sum([(12, 12), (15, 15)]), wanted(&[NOT_MET]));
        assert_eq!(sum([(12, 12), (15, 25)]), [false; PARTS]);
    }

    #[test]
    fn few_who_are_in_a_wider_metric_only_are_not_calm() {
        let left =
            |numerator, denominator| Tally { left: Counts { numerator, denominator, unknown: 0 }, ..counts(20, 40, 0) };
        let calm = |tally| is_calm(tally, Look::Everything, 5);
        assert!(calm(left(0, 0)) && calm(left(5, 20)) && calm(left(-1, 0)));
        assert!(!calm(left(4, 0)) && !calm(left(0, 1)));
        assert!(is_calm(left(4, 1), Look::Denominator, 5));
    }

    #[test]
    fn few_who_are_met_in_the_longer_period_only_are_not_calm() {
        let calm = |earlier, look| is_calm(Tally { earlier, ..counts(20, 40, 0) }, look, 5);
        assert!(calm([0, 0], Look::Everything) && calm([5, 20], Look::Everything) && calm([1, 1], Look::Denominator));
        assert!(!calm([4, 0], Look::Everything) && !calm([0, 1], Look::Everything));
        let rule = Rule { look: Look::Everything, ..FIVE };
        let units = [2, 1].map(|few| Tally { earlier: [few, 0], ..counts(20, 40, 0) });
        assert_eq!(wanting(units.into_iter(), rule), wanted(&[EARLIER]));
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
        assert_eq!(wanting(units.into_iter(), rule), wanted(&[NOT_MET, KNOWN_NOT_MET]));
    }
}
