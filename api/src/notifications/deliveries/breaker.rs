//! Leaving a gateway alone that is out of order.

use chrono::{DateTime, TimeDelta, Utc};

/// Failures in a row after which it is left alone.
const PATIENCE: u32 = 5;
const FIRST_REST: TimeDelta = TimeDelta::seconds(5);
const LONGEST_REST: TimeDelta = TimeDelta::minutes(5);

/// What is known of a gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    rests: u32,
    open_until: Option<DateTime<Utc>>,
    /// Somebody tries whether it works again.
    probing_since: Option<DateTime<Utc>>,
    /// When it worked last, and did not take its time.
    worked_at: Option<DateTime<Utc>>,
}

impl Breaker {
    /// Whether a try may be made now; else when. After a rest one try goes first.
    pub fn admit(&mut self, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        let Some(until) = self.open_until else { return Ok(()) };
        if now < until {
            return Err(until);
        }
        match self.probing_since {
            // Of a try that was never reported nothing more will be heard.
            Some(since) if now < since + super::LEASE => Err(now + FIRST_REST),
            _ => {
                self.probing_since = Some(now);
                Ok(())
            }
        }
    }

    /// It works. What was under way when it asked for a rest says nothing of the rest.
    pub fn worked(&mut self, now: DateTime<Utc>) {
        if self.rest(now).is_none() {
            *self = Self::default();
        }
        self.worked_at = Some(now);
    }

    /// It works, and took its time since `began`. Of many that begin at once the slow ones come last: where another one was
    /// quick meanwhile, it tells of this one alone. Else it fails, but ends a rest that is over: none grows by this.
    pub fn slow(&mut self, began: DateTime<Utc>, now: DateTime<Utc>) {
        if self.worked_at.is_some_and(|worked| worked > began) {
            self.answered();
            return;
        }
        if self.rest(now).is_none() && self.open_until.is_some() {
            *self = Self { worked_at: self.worked_at, ..Self::default() };
        }
        self.failed(now, None);
    }

    /// Whether more is known of it than that it works.
    pub fn is_failing(&self) -> bool {
        Self { worked_at: None, ..*self } != Self::default()
    }

    /// It answers, and what it says of this one tells nothing of the next: another one may try.
    pub fn answered(&mut self) {
        self.probing_since = None;
    }

    /// Until when it is left alone; none where it is not.
    pub fn rest(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.open_until.filter(|until| now < *until)
    }

    /// It is out of order; `after` is what it asked for, which is granted: a day at most, as it is read.
    pub fn failed(&mut self, now: DateTime<Utc>, after: Option<TimeDelta>) {
        if self.rest(now).is_some() {
            // Of many that were under way when it broke, the first made it rest: they all tell of the same failure.
            let asked = after.map(|after| now + after);
            self.open_until = self.open_until.max(asked);
            return;
        }
        self.failures += 1;
        let was_probe = self.probing_since.take().is_some();
        if !was_probe && self.failures < PATIENCE && after.is_none() {
            return;
        }
        let rest = (FIRST_REST * 2_i32.saturating_pow(self.rests.min(10))).min(LONGEST_REST);
        self.open_until = Some(now + after.map_or(rest, |after| after.max(rest)));
        self.rests += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_few_failures_close_nothing() {
        let mut breaker = Breaker::default();
        for _ in 1..PATIENCE {
            breaker.failed(at(0), None);
        }
        assert_eq!(breaker.admit(at(0)), Ok(()));
        breaker.failed(at(0), None);
        assert_eq!(breaker.admit(at(0)), Err(at(5)));
    }

    #[test]
    fn after_a_rest_one_try_goes_first() {
        let mut breaker = Breaker::default();
        breaker.failed(at(0), Some(TimeDelta::seconds(7)));
        assert_eq!(breaker.admit(at(6)), Err(at(7)));
        assert_eq!(breaker.admit(at(7)), Ok(()));
        assert_eq!(breaker.admit(at(7)), Err(at(12)), "the second waits for what becomes of the first");
        breaker.worked(at(7));
        assert_eq!(breaker.admit(at(7)), Ok(()));
    }

    #[test]
    fn many_that_fail_at_once_tell_of_one_failure() {
        let mut breaker = Breaker::default();
        for _ in 0..512 {
            breaker.failed(at(0), None);
        }
        assert_eq!(breaker.admit(at(0)), Err(at(5)));
        breaker.failed(at(1), Some(TimeDelta::seconds(60)));
        assert_eq!(breaker.admit(at(5)), Err(at(61)), "it asked for more");
    }

    #[test]
    fn a_rest_lasts_as_long_as_it_was_asked_for() {
        let mut breaker = Breaker::default();
        breaker.failed(at(0), Some(TimeDelta::hours(2)));
        assert_eq!(breaker.admit(at(3_600)), Err(at(7_200)));
        breaker.failed(at(3_600), Some(TimeDelta::hours(23)));
        assert_eq!(breaker.admit(at(7_200)), Err(at(24 * 3_600)), "it asked for more");
    }

    #[test]
    fn what_was_under_way_does_not_end_a_rest() {
        let mut breaker = Breaker::default();
        breaker.failed(at(0), Some(TimeDelta::seconds(60)));
        breaker.worked(at(1));
        assert_eq!(breaker.admit(at(1)), Err(at(60)));
    }

    #[test]
    fn a_try_that_tells_nothing_lets_the_next_one_try() {
        let mut breaker = Breaker::default();
        breaker.failed(at(0), Some(TimeDelta::seconds(5)));
        breaker.admit(at(5)).unwrap();
        breaker.answered();
        assert_eq!(breaker.admit(at(5)), Ok(()));
        assert!(breaker.admit(at(5)).is_err(), "one at a time");
    }

    #[test]
    fn rests_grow_and_have_an_end() {
        let mut breaker = Breaker::default();
        let mut now = at(0);
        let mut rests = Vec::new();
        for _ in 0..PATIENCE {
            breaker.failed(now, None);
        }
        for _ in 0..9 {
            let until = breaker.admit(now).unwrap_err();
            rests.push((until - now).num_seconds());
            now = until;
            breaker.admit(now).unwrap();
            breaker.failed(now, None);
        }
        assert_eq!(rests, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
    }

    #[test]
    fn of_many_that_begin_at_once_a_few_slow_ones_close_nothing() {
        let mut breaker = Breaker::default();
        for _ in 0..59 {
            breaker.worked(at(1));
        }
        for second in 5..10 {
            breaker.slow(at(0), at(second));
        }
        assert_eq!(breaker.admit(at(10)), Ok(()), "others were quick meanwhile");
        assert!(!breaker.is_failing());
        for _ in 0..PATIENCE {
            breaker.slow(at(10), at(15));
        }
        assert_eq!(breaker.admit(at(15)), Err(at(20)), "none was");
    }

    #[test]
    fn rests_of_what_is_slow_and_works_do_not_grow() {
        let mut breaker = Breaker::default();
        let mut now = at(0);
        for _ in 0..9 {
            // All of them are sent.
            for _ in 0..64 {
                breaker.slow(now, now + TimeDelta::seconds(6));
            }
            now += TimeDelta::seconds(6);
            assert_eq!(breaker.admit(now), Err(now + FIRST_REST));
            now += FIRST_REST;
            assert_eq!(breaker.admit(now), Ok(()));
            breaker.slow(now, now + TimeDelta::seconds(6));
            now += TimeDelta::seconds(6);
            assert_eq!((breaker.admit(now), breaker.admit(now)), (Ok(()), Ok(())), "not one by one");
        }
    }

    #[test]
    fn a_probe_that_never_comes_back_does_not_close_it_for_ever() {
        let mut breaker = Breaker::default();
        breaker.failed(at(0), Some(TimeDelta::seconds(5)));
        breaker.admit(at(5)).unwrap();
        assert!(breaker.admit(at(34)).is_err());
        assert_eq!(breaker.admit(at(35)), Ok(()));
    }
}
