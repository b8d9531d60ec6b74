//! The log of what was asked of metrics: who asked for which figures of which place, and when. It holds ids, and no figure.
//!
//! A line is noted in memory by the request and written down some seconds later (`crate::books`), so that nobody waits for it
//! but who asks so much that there is no room left.

mod loaders;
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
use crate::metrics::engagement::Ask;
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

/// Sees to it that there is room for what is to be noted of `board`: where too many lines wait, they are written first. To be
/// called before who has to [`note`] holds the writer.
///
/// # Errors
/// A fault where too many lines wait and the database takes none.
pub async fn make_room(call: &Call, board: BoardId) -> Result<()> {
    let room = async {
        while call.app().metric_queries.is_full(board) {
            Box::pin(write(call.app())).await?;
        }
        Ok::<_, Error>(())
    };
    // Who waits holds a snapshot, of which there are few: everybody else would soon wait for one.
    tokio::time::timeout(PATIENCE, room).await.map_err(Error::fault)?
}

/// Notes that the caller asks for figures, after [`make_room`]. To be called before they are read: what cannot be noted is not
/// answered.
///
/// # Errors
/// A fault where too many lines of the board wait to be written.
pub fn note(call: &Call, asked: &Asked<'_>) -> Result<()> {
    let Asked { board, scope_id, scope_kind, ask } = *asked;
    if call.questions.was_noted(scope_id, ask) {
        return Ok(());
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
        breakdown: <&'static str>::from(ask.breakdown).to_owned(),
        asked_at: call.now(),
        request_id: call.request_id.clone(),
    };
    if !call.app().metric_queries.add(line) {
        return Err(Error::fault("too many lines of the log of metric queries of this board wait to be written"));
    }
    call.questions.note(scope_id, ask);
    Ok(())
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
    use crate::metrics::engagement::Breakdown;

    #[test]
    fn a_breakdown_is_read_as_it_was_written() {
        for (breakdown, name) in [
            (Breakdown::None, "NONE"),
            (Breakdown::Cluster, "CLUSTER"),
            (Breakdown::School, "SCHOOL"),
            (Breakdown::ClassGroup, "CLASS_GROUP"),
            (Breakdown::Language, "LANGUAGE"),
        ] {
            assert_eq!((<&str>::from(breakdown), name.parse()), (name, Ok(breakdown)));
        }
    }
}
