//! The log of what was asked of metrics: who asked for which figures of which place, and when. It holds ids, and no figure.
//!
//! A line is noted in memory by the request and written down some seconds later (`crate::books`), so that nobody waits for it.

mod query;
mod store;
mod types;

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use glans_entity::ids::{BoardId, MetricQueryId};
use glans_entity::localized::Strings;
use glans_entity::metrics::{Level, query as line};
use sea_orm::ActiveEnum;
use uuid::Uuid;

pub use query::MetricLogQuery;
pub use store::prune;
pub use types::MetricQuery;

use crate::app::App;
use crate::call::Call;
use crate::metrics::engagement::{Ask, Breakdown};
use crate::platform::error::{Error, Result};

/// How long lines are kept.
pub const KEPT: TimeDelta = TimeDelta::days(365);

/// Lines that wait to be written, at most. There are so many only where the database takes none.
const MOST_WAITING: usize = 10_000;

/// What was asked, and of what.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub board: BoardId,
    /// The board, cluster, school or class group.
    pub scope_id: Uuid,
    pub scope_kind: Level,
    pub ask: &'a Ask,
}

/// Breakdowns as they stand in the log.
const BREAKDOWNS: [(Breakdown, &str); 5] = [
    (Breakdown::None, "NONE"),
    (Breakdown::Cluster, "CLUSTER"),
    (Breakdown::School, "SCHOOL"),
    (Breakdown::ClassGroup, "CLASS_GROUP"),
    (Breakdown::Language, "LANGUAGE"),
];

fn name_of(breakdown: Breakdown) -> &'static str {
    BREAKDOWNS.iter().find(|(known, _)| *known == breakdown).map_or("NONE", |(_, name)| name)
}

fn breakdown_of(name: &str) -> Breakdown {
    BREAKDOWNS.iter().find(|(_, known)| *known == name).map_or(Breakdown::None, |(breakdown, _)| *breakdown)
}

/// Lines that are not written down yet.
#[derive(Debug, Default)]
pub struct Noted {
    lines: Mutex<Vec<line::Model>>,
}

impl Noted {
    fn take(&self) -> Vec<line::Model> {
        std::mem::take(&mut *self.lines())
    }

    fn give_back(&self, mut lines: Vec<line::Model>) {
        let mut waiting = self.lines();
        lines.append(&mut waiting);
        *waiting = lines;
    }

    fn lines(&self) -> MutexGuard<'_, Vec<line::Model>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes that the caller asks for figures. To be called before they are read: what cannot be noted is not answered.
///
/// # Errors
/// A fault where too many lines wait to be written.
pub fn note(call: &Call, asked: &Asked<'_>) -> Result<()> {
    let Asked { board, scope_id, scope_kind, ask } = *asked;
    let line = line::Model {
        id: MetricQueryId::new(),
        board_id: board,
        actor: call.standing().actor.id().unwrap_or_else(|| "anonymous".to_owned()),
        scope_id,
        scope_kind,
        metrics: Strings(ask.metrics.iter().map(ActiveEnum::to_value).collect()),
        span: ask.span,
        starts_on: ask.from,
        ends_on: ask.to,
        breakdown: name_of(ask.breakdown).to_owned(),
        asked_at: call.now(),
        request_id: call.request_id.clone(),
    };
    let mut lines = call.app().metric_queries.lines();
    if lines.len() >= MOST_WAITING {
        return Err(Error::fault("the log of metric queries is full, because the database takes no lines"));
    }
    lines.push(line);
    Ok(())
}

/// Writes down the lines that wait. Those that cannot be written are kept for the next time.
pub async fn write(app: &App) -> Result<()> {
    let lines = app.metric_queries.take();
    if lines.is_empty() {
        return Ok(());
    }
    let written = store::add(app, &lines).await;
    if written.is_err() {
        app.metric_queries.give_back(lines);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breakdown_is_read_as_it_was_written() {
        for (breakdown, name) in BREAKDOWNS {
            assert_eq!((name_of(breakdown), breakdown_of(name)), (name, breakdown));
        }
    }
}
