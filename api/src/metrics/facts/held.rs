//! What happens while students of the board are still to be counted. A fact has the places of its day, and who is not
//! counted has none: so it is written down once they are, as of the time of the act.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::BoardId;
use glans_entity::metrics::{uncounted, unrecorded};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::record;
use crate::app::App;
use crate::call::today;
use crate::platform::error::{Error, Result};
use crate::platform::outbox::Event;

/// What waits that is looked at at once.
const AT_ONCE: u64 = 500;

/// The kinds of events that recorders heed. That somebody is erased waits for nothing.
const HEEDED: [&str; 19] = [
    "agreement.marked",
    "announcement.acknowledged",
    "announcement.published",
    "announcement.read",
    "announcement.withdrawn",
    "contact_moment.deleted",
    "contact_moment.logged",
    "contact_moment.updated",
    "conversation.recorded",
    "event.checked_in",
    "feed.read",
    "meeting.recorded",
    "message.arrived",
    "partnership.updated",
    "survey.closed",
    "team_session.cancelled",
    "team_session.moved",
    "team_session.planned",
    "team_session.recorded",
];

/// As [`record`]; where students of the board are still to be counted, what happened waits for that.
pub async fn record_in_turn(db: &DatabaseTransaction, board: BoardId, event: &Event, now: DateTime<Utc>) -> Result<()> {
    if HEEDED.contains(&event.kind) && has_uncounted(db, board).await? {
        return hold(db, board, event, now).await;
    }
    record(db, board, event, now).await
}

/// Whether students of the board are still to be counted, or something waits for that: its figures are not whole.
pub async fn is_behind(db: &impl ConnectionTrait, board: BoardId) -> Result<bool> {
    let waits = Query::select()
        .expr(Expr::val(1))
        .from(unrecorded::Entity)
        .and_where(Expr::col(unrecorded::Column::BoardId).eq(board))
        .limit(1)
        .to_owned();
    Ok(has_uncounted(db, board).await? || db.query_one(&waits).await?.is_some())
}

/// Whether students of the board are still to be counted: who is not has no place yet.
pub(super) async fn has_uncounted(db: &impl ConnectionTrait, board: BoardId) -> Result<bool> {
    let one = Query::select()
        .expr(Expr::val(1))
        .from(uncounted::Entity)
        .and_where(Expr::col(uncounted::Column::BoardId).eq(board))
        .limit(1)
        .to_owned();
    Ok(db.query_one(&one).await?.is_some())
}

async fn hold(db: &DatabaseTransaction, board_id: BoardId, event: &Event, at: DateTime<Utc>) -> Result<()> {
    let (kind, payload) = (event.kind.to_owned(), event.payload.clone());
    let row = unrecorded::Model { id: Uuid::now_v7(), board_id, kind, payload, at };
    unrecorded::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Writes down what waits, each in a transaction of its own. What fails is logged, and tried again by the next round.
pub async fn catch_up(app: &App, board: BoardId) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let rows = waiting(&app.db.read(&Scope::system(today(app.clock.now()))).await?, board, after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in rows {
            let (id, board, kind) = (row.id, row.board_id, row.kind.clone());
            if let Err(error) = record_late(app, row).await {
                tracing::error!(%id, %board, kind, ?error, "what happened is not counted, which is tried again");
            }
        }
    }
}

/// Some of what waits, in the order in which it came.
async fn waiting(db: &impl ConnectionTrait, board: BoardId, after: Uuid) -> Result<Vec<unrecorded::Model>> {
    use unrecorded::Column;
    let own = unrecorded::Entity::within(&Scope::system(NaiveDate::MIN)).filter(Column::BoardId.eq(board));
    Ok(own.filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(AT_ONCE).all(db).await?)
}

/// Writes it down, unless somebody else does or students are to be counted again.
async fn record_late(app: &App, row: unrecorded::Model) -> Result<()> {
    let unheeded = || Error::fault(format!("an event of the kind {} that nobody heeds", row.kind));
    let kind = HEEDED.into_iter().find(|kind| *kind == row.kind).ok_or_else(unheeded)?;
    let db = app.db.write(&Scope::system(today(app.clock.now()))).await?;
    let own = unrecorded::Entity::delete_many().filter(unrecorded::Column::Id.eq(row.id));
    if has_uncounted(&db, row.board_id).await? || own.exec(&db).await?.rows_affected == 0 {
        return Ok(());
    }
    let event = Event { kind, payload: row.payload };
    Box::pin(record(&db, row.board_id, &event, row.at)).await?;
    Ok(db.commit().await?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::metrics::facts::{ERASED, LOCK};

    /// What stands between quotes and reads as `noun.done`.
    fn kinds(source: &str) -> BTreeSet<String> {
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
        let is_kind = |text: &&str| text.split_once('.').is_some_and(|(noun, done)| is_word(noun) && is_word(done));
        source.split('"').filter(is_kind).map(str::to_owned).collect()
    }

    #[test]
    fn whatever_a_recorder_heeds_can_wait() {
        let mut heeded = BTreeSet::new();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/metrics/facts");
        for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if !file.ends_with("held.rs") {
                heeded.extend(kinds(&std::fs::read_to_string(file).unwrap()));
            }
        }
        let can_wait: BTreeSet<String> = HEEDED.into_iter().chain([ERASED, LOCK]).map(str::to_owned).collect();
        assert_eq!(heeded, can_wait);
    }
}
