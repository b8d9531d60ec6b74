//! What the log is told of a connection that tries again by itself: that it is lost, and that it is back.

use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Of a connection that comes and goes, the log hears once in so long.
const QUIET: Duration = Duration::from_mins(1);

/// A connection, as far as the log knows.
#[derive(Debug, Default)]
pub(super) struct Outage(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    /// It was told that it is lost, and not yet that it is back.
    is_lost: bool,
    /// When it was told last that it is lost.
    at: Option<Instant>,
}

impl Outage {
    /// The connection is lost, or still is.
    pub(super) fn goes_on(&self, cause: &dyn Display) {
        if self.told().loses(Instant::now()) {
            tracing::warn!(%cause, "NATS is out of reach: other processes are not woken, and nobody is woken by them");
        }
    }

    /// The connection is there.
    pub(super) fn is_over(&self) {
        if self.told().finds() {
            tracing::info!("NATS is back");
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    /// Whether it is news, and for the log, that it is lost.
    fn loses(&mut self, now: Instant) -> bool {
        let is_news = !self.is_lost && self.at.is_none_or(|at| now.duration_since(at) >= QUIET);
        if is_news {
            *self = Self { is_lost: true, at: Some(now) };
        }
        is_news
    }

    /// Whether it is news for the log that it is back: only where it is thought to be lost.
    fn finds(&mut self) -> bool {
        std::mem::take(&mut self.is_lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_once_when_it_begins_and_once_when_it_is_over() {
        let (mut told, start) = (Told::default(), Instant::now());
        assert!(!told.finds(), "it was never lost");
        let attempts: Vec<bool> = (0..300).map(|seconds| told.loses(start + Duration::from_secs(seconds))).collect();
        assert_eq!(attempts.iter().filter(|told| **told).count(), 1);
        assert!(attempts[0]);
        assert!(told.finds());
        assert!(!told.finds());
    }

    #[test]
    fn a_connection_that_comes_and_goes_is_told_of_once_a_minute() {
        let (mut told, start) = (Told::default(), Instant::now());
        let mut lines = 0;
        for seconds in 0..180 {
            lines += u32::from(told.loses(start + Duration::from_secs(seconds)));
            lines += u32::from(told.finds());
        }
        assert_eq!(lines, 3 * 2);
        // What stays away is told of in the end.
        assert!(!told.loses(start + Duration::from_secs(179)));
        assert!(told.loses(start + Duration::from_mins(3)));
    }
}
