//! What API clients ask for: requests and points, by the day.
//!
//! A request is counted in memory when it is over and written down some seconds later (`crate::books`), so that it waits for
//! nothing. Each process adds what it counted; one that is killed takes what it had not written down along.

mod loaders;
mod rules;
mod store;
mod types;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use glans_entity::ids::ApiClientId;

pub use loaders::UsageOf;
pub use rules::days;
pub use types::ApiClientUsage;

use crate::app::App;
use crate::platform::error::Result;

/// What a client asked for on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub requests: i64,
    pub refused: i64,
    pub cost: i64,
}

/// Counts in one order for all processes, so that no two of them wait for each other in a ring.
type Counts = BTreeMap<(ApiClientId, NaiveDate), Count>;

/// What was asked for and is not written down yet.
#[derive(Debug, Default)]
pub struct Usage {
    counts: Mutex<Counts>,
}

impl Usage {
    /// A request of `client` is over, for which `cost` points were paid.
    pub fn add(&self, client: ApiClientId, day: NaiveDate, cost: u64, refused: bool) {
        let cost = i64::try_from(cost).unwrap_or(i64::MAX);
        let count = Count { requests: 1, refused: refused.into(), cost };
        sum(&mut self.counts(), (client, day), count);
    }

    /// How many requests are not written down yet.
    pub fn requests_waiting(&self) -> i64 {
        self.counts().values().map(|count| count.requests).sum()
    }

    fn take(&self) -> Counts {
        std::mem::take(&mut self.counts())
    }

    fn give_back(&self, counts: Counts) {
        let mut waiting = self.counts();
        for (key, count) in counts {
            sum(&mut waiting, key, count);
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sum(counts: &mut Counts, key: (ApiClientId, NaiveDate), more: Count) {
    let count = counts.entry(key).or_default();
    count.requests = count.requests.saturating_add(more.requests);
    count.refused = count.refused.saturating_add(more.refused);
    count.cost = count.cost.saturating_add(more.cost);
}

/// Writes down what was counted since the last time. What cannot be written is kept for the next time.
pub async fn write(app: &App) -> Result<()> {
    let counts = app.usage.take();
    if counts.is_empty() {
        return Ok(());
    }
    let written = store::add(app, &counts).await;
    if written.is_err() {
        app.usage.give_back(counts);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_written_is_added_to_what_came_meanwhile() {
        let usage = Usage::default();
        let (client, day) = (ApiClientId::new(), NaiveDate::from_ymd_opt(2026, 11, 2).unwrap());
        usage.add(client, day, 40, false);
        usage.add(client, day, 0, true);
        let taken = usage.take();
        assert_eq!(taken[&(client, day)], Count { requests: 2, refused: 1, cost: 40 });
        assert!(usage.take().is_empty());
        usage.add(client, day, 2, false);
        usage.give_back(taken);
        assert_eq!(usage.requests_waiting(), 3);
        assert_eq!(usage.take()[&(client, day)], Count { requests: 3, refused: 1, cost: 42 });
    }
}
