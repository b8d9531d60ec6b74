//! How often a secret may be guessed.
//!
//! Counted per account and address together (a few, then ever longer waits) and per account from anywhere (many, then
//! a wait). Never per address alone: a whole school signs in from one address at 08:30.

use chrono::{DateTime, TimeDelta, Utc};

/// How many guesses are free, and how long one must wait after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Guesses without any wait.
    pub free: u32,
    /// The first wait; each further guess doubles it.
    pub first_wait: TimeDelta,
    pub longest_wait: TimeDelta,
    /// So long after the first guess, or after the end of the wait if there is one, all is forgotten.
    pub forgotten_after: TimeDelta,
}

/// One account from one address.
pub const ACCOUNT_AND_ADDRESS: Limit = Limit {
    free: 5,
    first_wait: TimeDelta::seconds(30),
    longest_wait: TimeDelta::minutes(15),
    forgotten_after: TimeDelta::hours(1),
};

/// One account from anywhere: many addresses guessing together. The wait is short, because it also keeps the owner out.
pub const ACCOUNT: Limit = Limit {
    free: 50,
    first_wait: TimeDelta::minutes(1),
    longest_wait: TimeDelta::minutes(5),
    forgotten_after: TimeDelta::hours(1),
};

/// Letters that reset a password, to one e-mail address.
pub const RESET: Limit = Limit {
    free: 3,
    first_wait: TimeDelta::minutes(5),
    longest_wait: TimeDelta::hours(1),
    forgotten_after: TimeDelta::hours(6),
};

/// What the table holds of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    pub guesses: u32,
    pub first_at: DateTime<Utc>,
    pub blocked_until: Option<DateTime<Utc>>,
}

/// How long the next guess must wait; `None` when it need not. Guesses during the wait are not counted, so that who
/// keeps knocking is not kept out for ever.
pub fn blocked_for(tally: Option<Tally>, now: DateTime<Utc>) -> Option<TimeDelta> {
    tally?.blocked_until.map(|until| until - now).filter(|wait| *wait > TimeDelta::zero())
}

/// The tally with one more wrong guess.
pub fn count(limit: Limit, tally: Option<Tally>, now: DateTime<Utc>) -> Tally {
    let remembered = tally.filter(|tally| now - tally.blocked_until.unwrap_or(tally.first_at) < limit.forgotten_after);
    let guesses = remembered.map_or(1, |tally| tally.guesses.saturating_add(1));
    let first_at = remembered.map_or(now, |tally| tally.first_at);
    Tally { guesses, first_at, blocked_until: wait(limit, guesses).map(|wait| now + wait) }
}

/// The wait after so many guesses: none while they are free, then doubling up to the longest.
fn wait(limit: Limit, guesses: u32) -> Option<TimeDelta> {
    let beyond = guesses.checked_sub(limit.free)?;
    let doubled =
        1_i32.checked_shl(beyond).filter(|factor| *factor > 0).and_then(|factor| limit.first_wait.checked_mul(factor));
    Some(doubled.map_or(limit.longest_wait, |wait| wait.min(limit.longest_wait)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn guesses(limit: Limit, times: impl IntoIterator<Item = i64>) -> Vec<Result<u32, i64>> {
        let mut tally = None;
        let guess = |time| match blocked_for(tally, at(time)) {
            None => {
                let counted = count(limit, tally, at(time));
                tally = Some(counted);
                Ok(counted.guesses)
            }
            Some(wait) => Err(wait.num_seconds()),
        };
        times.into_iter().map(guess).collect()
    }

    #[test]
    fn five_are_free_then_the_wait_doubles() {
        let found = guesses(ACCOUNT_AND_ADDRESS, [0, 0, 0, 0, 0, 0, 29, 30, 31, 89, 90]);
        assert_eq!(found, [Ok(1), Ok(2), Ok(3), Ok(4), Ok(5), Err(30), Err(1), Ok(6), Err(59), Err(1), Ok(7)]);
    }

    #[test]
    fn the_wait_never_exceeds_the_longest() {
        assert_eq!(wait(ACCOUNT_AND_ADDRESS, 4), None);
        assert_eq!(wait(ACCOUNT_AND_ADDRESS, 9), Some(TimeDelta::minutes(8)));
        for guesses in [10, 30, 36, 37, 40, 100, u32::MAX] {
            assert_eq!(wait(ACCOUNT_AND_ADDRESS, guesses), Some(TimeDelta::minutes(15)), "{guesses}");
        }
    }

    #[test]
    fn an_hour_without_a_guess_forgets_all() {
        assert_eq!(guesses(ACCOUNT_AND_ADDRESS, [0, 0, 0, 0, 3_599, 3_600]).last(), Some(&Err(29)));
        assert_eq!(guesses(ACCOUNT_AND_ADDRESS, [0, 0, 0, 0, 3_600]).last(), Some(&Ok(1)));
        assert_eq!(guesses(ACCOUNT_AND_ADDRESS, [0, 0, 0, 0, 0, 3_630]).last(), Some(&Ok(1)));
    }

    #[test]
    fn guesses_from_many_addresses_meet_the_limit_of_the_account() {
        let found = guesses(ACCOUNT, std::iter::repeat_n(0, 52));
        assert_eq!(found.iter().filter(|guess| guess.is_ok()).count(), 50);
        assert_eq!(found.last(), Some(&Err(60)));
    }
}
