//! The log of what was asked of metrics: who asked for which figures of which place, and when. It holds ids, and no figure.
//!
//! A line is noted in memory by the request and written down some seconds later (`crate::books`), so that nobody waits for it
//! but who asks so much that there is no room left.

mod noted;
mod query;
mod questions;
mod store;
mod types;

use std::time::Duration;

use chrono::TimeDelta;
use glans_entity::ids::{BoardId, MetricQueryId};
use glans_entity::localized::Strings;
use glans_entity::metrics::{Level, query as line};
use sea_orm::ActiveEnum;
use uuid::Uuid;

pub use noted::Noted;
pub use query::MetricLogQuery;
pub use questions::Questions;
pub use store::prune;
pub use types::MetricQuery;

use crate::app::App;
use crate::call::Call;
use crate::metrics::engagement::{Ask, Breakdown};
use crate::platform::error::{Error, Result};

/// How long lines are kept.
pub const KEPT: TimeDelta = TimeDelta::days(365);

/// How long who asks waits for room in the log.
const PATIENCE: Duration = Duration::from_millis(500);

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

/// Notes that the caller asks for figures. To be called before they are read: what cannot be noted is not answered.
///
/// # Errors
/// A fault where too many lines of the board wait to be written.
pub fn note(call: &Call, asked: &Asked<'_>) -> Result<()> {
    if added(call, asked) {
        return Ok(());
    }
    Err(Error::fault("too many lines of the log of metric queries of this board wait to be written"))
}

/// Sees to it that there is room for a line of `board`, before who has to note one holds the writer.
///
/// # Errors
/// A fault where too many lines wait and the database takes none.
pub async fn make_room(call: &Call, board: BoardId) -> Result<()> {
    patiently(async {
        while call.app().metric_queries.is_full(board) {
            Box::pin(write(call.app())).await?;
        }
        Ok(())
    })
    .await
}

/// As [`note`], for who holds no transaction that writes: where too many lines wait, they are written first.
///
/// # Errors
/// A fault where too many wait and the database takes none.
pub async fn note_or_wait(call: &Call, asked: &Asked<'_>) -> Result<()> {
    patiently(async {
        while !added(call, asked) {
            Box::pin(write(call.app())).await?;
        }
        Ok(())
    })
    .await
}

/// Who waits holds a snapshot, of which there are few: everybody else would soon wait for one.
async fn patiently(room: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::time::timeout(PATIENCE, room).await.map_err(Error::fault)?
}

fn added(call: &Call, asked: &Asked<'_>) -> bool {
    let Asked { board, scope_id, scope_kind, ask } = *asked;
    if call.questions.was_noted(scope_id, ask) {
        return true;
    }
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
    let is_added = call.app().metric_queries.add(line);
    if is_added {
        call.questions.note(scope_id, ask);
    }
    is_added
}

/// Writes down the lines that wait. Those that cannot be written are kept for the next time, also where the caller is stopped
/// meanwhile.
pub async fn write(app: &App) -> Result<()> {
    let noted = &app.metric_queries;
    let _turn = noted.turn.lock().await;
    let taken = noted.take();
    if !taken.lines().is_empty() {
        store::add(app, taken.lines()).await?;
    }
    taken.are_written();
    Ok(())
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
