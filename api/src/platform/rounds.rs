//! Rounds that go on as long as the process does.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;

/// Before what broke off begins anew.
pub const A_MOMENT: Duration = Duration::from_secs(1);
/// How long it is remembered what was done.
const LATELY: TimeDelta = TimeDelta::minutes(5);

/// What was done lately and need not be done in each round. Done again it changes nothing, so that each process remembers
/// its own.
#[derive(Debug)]
pub struct Lately<K>(BTreeMap<K, DateTime<Utc>>);

impl<K> Default for Lately<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Lately<K> {
    /// Forgets what was done a while ago, and what a clock that was ahead says of later.
    pub fn forget(&mut self, now: DateTime<Utc>) {
        self.0.retain(|_, done| (now - *done).abs() < LATELY);
    }

    pub fn has(&self, what: &K) -> bool {
        self.0.contains_key(what)
    }

    pub fn did(&mut self, what: K, now: DateTime<Utc>) {
        self.0.insert(what, now);
    }
}

/// Logs why what is tried again came to nothing. What others hold for a while is no fault of anybody.
macro_rules! in_vain {
    ($error:ident, $($told:tt)+) => {
        if matches!($error, $crate::platform::error::Error::Held) {
            tracing::warn!(error = ?$error, $($told)+)
        } else {
            tracing::error!(error = ?$error, $($told)+)
        }
    };
}
pub(crate) use in_vain;

/// A round that breaks off begins anew: whoever looks at the process sees it work, and nobody would be told.
pub async fn for_ever<R: Future<Output = ()> + Send + 'static>(what: &'static str, round: impl Fn() -> R + Send) {
    loop {
        let mut going = JoinSet::new();
        going.spawn(round());
        if let Some(Err(error)) = going.join_next().await {
            tracing::error!(%error, what, "a round broke off and begins anew");
        }
        tokio::time::sleep(A_MOMENT).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;
    use crate::platform::log_lines::Lines;

    #[test]
    fn what_others_hold_is_no_more_than_a_warning() {
        let level = |error: Error| {
            let (lines, _guard) = Lines::taken();
            in_vain!(error, what = "a test", "it is tried again");
            let line: serde_json::Value = serde_json::from_str(&lines.text()).unwrap();
            assert_eq!(line["fields"]["what"], "a test", "{line}");
            line["level"].as_str().unwrap().to_owned()
        };
        assert_eq!(level(Error::Held), "WARN");
        assert_eq!(level(Error::fault("a defect")), "ERROR");
    }

    #[test]
    fn what_was_done_is_done_again_after_a_while() {
        let at = |minutes: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let mut lately = Lately::default();
        lately.did("first", at(0));
        lately.did("second", at(3));
        let mut known = |minutes: i64| {
            lately.forget(at(minutes));
            ["first", "second"].map(|what| lately.has(&what))
        };
        assert_eq!(known(4), [true, true]);
        assert_eq!(known(5), [false, true]);
        assert_eq!(known(-10), [false, false], "the clock was ahead");
    }
}
