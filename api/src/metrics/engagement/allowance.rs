//! How many figures one request is answered with.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, MutexGuard};

use crate::platform::error::{Code, Result, coded};

/// Figures that a request is answered with at most, whatever it asks of however many places: twelve weeks of six metrics of
/// 400 schools are 28,800. Each takes about a kilobyte until its answer is sent.
const LARGEST: u64 = 50_000;

/// What is said where there are more.
pub(super) const TOO_MUCH: &str =
    "A request is answered with 50,000 figures at most, over all that it asks: ask for less, or use an export.";

/// What a request may still be answered with, over all its questions.
#[derive(Debug)]
pub struct Allowance {
    most: u64,
    unread: Mutex<u64>,
    series: AtomicU64,
    points: AtomicU64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self::of(LARGEST)
    }
}

impl Allowance {
    /// So many figures.
    pub fn of(most: u64) -> Self {
        Self { most, unread: Mutex::new(most), series: AtomicU64::new(0), points: AtomicU64::new(0) }
    }

    /// From here on all of it may be answered with again: the next event of a stream is an answer of its own.
    pub async fn renew(&self) {
        *self.unread.lock().await = self.most;
        self.series.store(0, Ordering::Relaxed);
        self.points.store(0, Ordering::Relaxed);
    }

    /// How many may still be read. To be held while they are, so that no two questions have the same ones.
    pub(super) async fn unread(&self) -> MutexGuard<'_, u64> {
        self.unread.lock().await
    }

    /// Counts series that are about to be given out: what was read once may be asked for under several names, and each has
    /// a figure at least.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` where they are too many for the request. From there on nothing is given out any more.
    pub(super) fn lists(&self, series: usize) -> Result<()> {
        self.count(&self.series, series)
    }

    /// As [`Allowance::lists`], of figures.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` where they are too many for the request. From there on nothing is given out any more.
    pub(super) fn tells(&self, points: usize) -> Result<()> {
        self.count(&self.points, points)
    }

    fn count(&self, given: &AtomicU64, more: usize) -> Result<()> {
        let more = more as u64;
        if given.fetch_add(more, Ordering::Relaxed) + more <= self.most {
            return Ok(());
        }
        Err(coded(Code::BadUserInput, TOO_MUCH))
    }
}
