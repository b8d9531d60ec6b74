//! Where published figures are read: at the read replica, if there is one, as soon as it is as far as the database in what
//! decides on them.
//!
//! Figures change once a day, and may be as old as the replica is. Two promises may not: what a board withdrew is seen by
//! nobody from that moment on, and who is told that a period is published finds its figures. So both are asked what the board
//! is, until when its figures are published and what of them is missing, and where that differs the database answers. Who
//! asks, and for which place, is always read from the database.

use std::collections::BTreeSet;
use std::sync::Arc;

use glans_entity::ids::BoardId;
use glans_entity::metrics::milestone::{self, NOT_WHOLE};
use glans_entity::organisation::board;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, QueryFilter, QueryOrder, QuerySelect};
use tokio::time::timeout;

use super::rollups::PUBLISHED;
use crate::app::App;
use crate::platform::db::REPLICA_PATIENCE;
use crate::platform::error::{Error, Result};

/// A snapshot to read the figures of `boards` from, as far as `scope` sees them: `own`, which is one of the database, or one of
/// the replica. A replica that does not answer is left alone, and costs nobody an error; one that fails later does.
pub(super) async fn snapshot(
    app: &App,
    scope: &Scope,
    own: Arc<DatabaseTransaction>,
    boards: &BTreeSet<BoardId>,
) -> Result<Arc<DatabaseTransaction>> {
    if boards.is_empty() {
        return Ok(own);
    }
    let Some(replica) = app.db.read_replica(scope).await else { return Ok(own) };
    let known = state(&*own, scope, boards).await?;
    let followed = timeout(REPLICA_PATIENCE, state(&replica, scope, boards)).await;
    match followed.unwrap_or_else(|late| Err(Error::fault(late))) {
        Ok(followed) => {
            app.db.replica_answers();
            Ok(if followed == known { Arc::new(replica) } else { own })
        }
        Err(error) => {
            app.db.leave_replica_alone(&format!("{error:?}"));
            Ok(own)
        }
    }
}

/// What boards are, until when their figures are published, and what of them is missing.
#[derive(PartialEq, Eq)]
struct State {
    /// A board has another version once it wished to hide more or less; what was published is withdrawn in the same moment.
    versions: Vec<(BoardId, i32)>,
    /// The last day of which each has published.
    published: Vec<(BoardId, Option<String>)>,
    /// What says that not all of them is to be seen: kind, and of which day or school year.
    missing: Vec<(BoardId, String, String)>,
}

async fn state(db: &impl ConnectionTrait, scope: &Scope, boards: &BTreeSet<BoardId>) -> Result<State> {
    let everywhere = Scope::system(scope.on);
    let versions: Vec<(BoardId, i32)> = board::Entity::within(&everywhere)
        .select_only()
        .columns([board::Column::Id, board::Column::Version])
        .filter(board::Column::Id.is_in(boards.iter().copied()))
        .order_by_asc(board::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let published: Vec<(BoardId, Option<String>)> = milestone::Entity::within(&everywhere)
        .select_only()
        .column(milestone::Column::BoardId)
        .column_as(milestone::Column::Reached.max(), "last")
        .filter(milestone::Column::BoardId.is_in(boards.iter().copied()))
        .filter(milestone::Column::Kind.eq(PUBLISHED))
        .group_by(milestone::Column::BoardId)
        .order_by_asc(milestone::Column::BoardId)
        .into_tuple()
        .all(db)
        .await?;
    let missing: Vec<(BoardId, String, String)> = milestone::Entity::within(&everywhere)
        .select_only()
        .columns([milestone::Column::BoardId, milestone::Column::Kind, milestone::Column::Reached])
        .filter(milestone::Column::BoardId.is_in(boards.iter().copied()))
        .filter(milestone::Column::Kind.is_in(NOT_WHOLE))
        .order_by_asc(milestone::Column::BoardId)
        .order_by_asc(milestone::Column::Kind)
        .order_by_asc(milestone::Column::Reached)
        .into_tuple()
        .all(db)
        .await?;
    Ok(State { versions, published, missing })
}
