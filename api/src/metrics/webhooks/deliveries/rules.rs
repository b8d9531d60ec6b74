//! What follows from a try. Pure functions.

use chrono::{DateTime, TimeDelta, Utc};

use crate::metrics::webhooks::rules::Closed;
use crate::platform::outbound::{Answer, Failure};

/// How long after the try before it each try is made at the earliest: of Standard Webhooks 1.0.0. After the last one it is
/// given up, three days after the first.
pub const SCHEDULE: [TimeDelta; 10] = [
    TimeDelta::zero(),
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];
/// How often it is tried: as the schedule has it.
pub(super) const TRIES: i32 = 10;
/// A wait is longer by up to this part of it, so that those who failed together do not come back together.
const JITTER: i64 = 5;
/// By this an endpoint says that it wants nothing any more.
const GONE: u16 = 410;

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered {
        status: u16,
    },
    /// Given up.
    Failed {
        status: Option<u16>,
        why: String,
    },
    /// Again at this moment.
    Again {
        at: DateTime<Utc>,
        status: Option<u16>,
        why: String,
    },
    /// The endpoint wants nothing any more.
    Gone,
    /// Not tried: its lease could run out on the way. Again at once, and it counts for nothing.
    Late {
        /// When it was tried before.
        tried_at: Option<DateTime<Utc>>,
    },
    /// Not tried: the endpoint is not told of anything by now.
    Stopped(Closed),
}

/// What follows from the try number `attempts`. `chance` is from 0 to 1.
pub fn outcome(said: Result<Answer, Failure>, attempts: i32, now: DateTime<Utc>, chance: f64) -> Outcome {
    let (status, after, why) = match said {
        Ok(answer) if (200..300).contains(&answer.status) => return Outcome::Delivered { status: answer.status },
        Ok(answer) if answer.status == GONE => return Outcome::Gone,
        Ok(answer) => (Some(answer.status), answer.retry_after, told(answer.status)),
        Err(failure) => (None, None, failure.to_string()),
    };
    let asked = now + after.unwrap_or_default();
    match later(status, why, attempts, now, chance) {
        Outcome::Again { at, status, why } => Outcome::Again { at: at.max(asked), status, why },
        given_up => given_up,
    }
}

/// Again by the schedule where the try number `attempts` came to nothing, or given up where it was the last one.
pub(super) fn later(status: Option<u16>, why: String, attempts: i32, now: DateTime<Utc>, chance: f64) -> Outcome {
    match delay(attempts, chance) {
        Some(delay) => Outcome::Again { at: now + delay, status, why },
        None => Outcome::Failed { status, why },
    }
}

/// The same where the endpoint leads elsewhere by now: what the address before wanted says nothing of the new one.
pub(super) fn moved(outcome: &Outcome, attempts: i32, now: DateTime<Utc>, chance: f64) -> Outcome {
    match outcome {
        Outcome::Gone => later(Some(GONE), told(GONE), attempts, now, chance),
        outcome => outcome.clone(),
    }
}

fn told(status: u16) -> String {
    match status {
        300..400 => format!("answered {status}: redirects are not followed"),
        _ => format!("answered {status}"),
    }
}

/// How long to wait after the try number `attempts`; none where it was the last one.
fn delay(attempts: i32, chance: f64) -> Option<TimeDelta> {
    let delay = usize::try_from(attempts).ok().and_then(|attempts| SCHEDULE.get(attempts))?;
    let most = delay.num_milliseconds() / JITTER;
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "five hours in milliseconds")]
    let millis = (most as f64 * chance.clamp(0.0, 1.0)) as i64;
    Some(*delay + TimeDelta::milliseconds(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    #[expect(clippy::unnecessary_wraps, reason = "as a try ends")]
    fn said(status: u16, retry_after: Option<TimeDelta>) -> Result<Answer, Failure> {
        Ok(Answer { status, retry_after, body: Vec::new() })
    }

    fn waits(outcome: &Outcome) -> Option<TimeDelta> {
        match outcome {
            Outcome::Again { at, .. } => Some(*at - now()),
            _ => None,
        }
    }

    #[test]
    fn tries_follow_the_schedule_and_have_an_end() {
        let seconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        for (attempts, expected) in (1..).zip(seconds) {
            let after = |chance| waits(&outcome(said(500, None), attempts, now(), chance)).unwrap();
            assert_eq!(after(0.0), TimeDelta::seconds(expected), "{attempts}");
            assert_eq!(after(1.0), TimeDelta::milliseconds(expected * 1_200), "{attempts}");
            assert!(after(0.5) > after(0.0) && after(0.5) < after(1.0));
        }
        let last = outcome(said(500, None), 10, now(), 0.5);
        assert_eq!(last, Outcome::Failed { status: Some(500), why: "answered 500".to_owned() });
        let crashed = outcome(said(500, None), 11, now(), 0.5);
        assert_eq!(crashed, last, "a process that died counts as a try");
    }

    #[test]
    fn an_address_that_is_left_is_not_gone() {
        let gone = |attempts| moved(&Outcome::Gone, attempts, now(), 0.0);
        assert_eq!(waits(&gone(1)), Some(TimeDelta::seconds(5)));
        assert_eq!(gone(TRIES), Outcome::Failed { status: Some(410), why: "answered 410".to_owned() });
        let delivered = Outcome::Delivered { status: 204 };
        assert_eq!(moved(&delivered, 1, now(), 0.0), delivered);
        assert_eq!(usize::try_from(TRIES), Ok(SCHEDULE.len()));
    }

    #[test]
    fn only_2xx_is_success() {
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(outcome(said(status, None), 1, now(), 0.0), Outcome::Delivered { status });
        }
        for status in [100, 199, 300, 301, 302, 307, 308, 400, 401, 404, 409, 429, 500, 503] {
            assert!(matches!(outcome(said(status, None), 1, now(), 0.0), Outcome::Again { .. }), "{status}");
        }
        assert_eq!(outcome(said(410, None), 1, now(), 0.0), Outcome::Gone);
    }

    #[test]
    fn patience_that_is_asked_for_is_had() {
        let after = |status, hours| waits(&outcome(said(status, Some(TimeDelta::hours(hours))), 1, now(), 0.0));
        assert_eq!(after(429, 3), Some(TimeDelta::hours(3)));
        assert_eq!(after(503, 3), Some(TimeDelta::hours(3)));
        assert_eq!(after(429, 0), Some(TimeDelta::seconds(5)), "never sooner than the schedule");
        assert_eq!(waits(&outcome(said(429, Some(TimeDelta::hours(3))), 10, now(), 0.0)), None);
    }

    #[test]
    fn no_answer_is_told_in_words() {
        let why = |failure| match outcome(Err(failure), 1, now(), 0.0) {
            Outcome::Again { status: None, why, .. } => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(why(Failure::NotPublic), "not a public address");
        assert_eq!(why(Failure::Unanswered("no answer in time")), "no answer in time");
    }
}
