//! What counts, written down in the transaction of the act, or, while students of the board are still to be counted, once
//! they are (`held.rs`).
//!
//! A fact is made by one question to the tables of the slices: *what is this item worth now*. The act asks it of what
//! it changed, [`daily`] of what the calendar changed, and [`all`] of everything, for boards that were there before
//! facts were. A fact keeps the day and the places with which it was first written.
//!
//! History does not move: an item of which there are facts is not written anew as a whole, so that whose rights ended
//! or who was erased since stays counted as they were. No fact names anybody who is erased: there is another id in it.

mod addressed;
mod agreements;
mod announcements;
mod attendance;
mod attended;
mod contact;
mod conversations;
mod deliveries;
mod entitled;
mod events;
mod held;
mod known;
mod materials;
mod practice;
mod recorder;
mod rows;
mod steps;
mod surveys;
mod threads;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use glans_entity::ids::BoardId;
use glans_entity::organisation::board;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, DatabaseTransaction, QueryFilter, QuerySelect};
use uuid::Uuid;

pub use self::held::{catch_up, is_behind, record_in_turn};
use self::recorder::Recorder;
use crate::app::App;
use crate::call::today;
use crate::metrics::census;
use crate::platform::alone;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// Nobody else writes down meanwhile what the calendar changed.
const LOCK: &str = "metrics.facts";

/// The event that tells of a person who was erased.
const ERASED: &str = "person.erased";

/// What is written down together where all of a board is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Agreements,
    Announcements,
    Attendance,
    Contact,
    Conversations,
    Deliveries,
    Events,
    Materials,
    Practice,
    Steps,
    Surveys,
    Threads,
}

impl Part {
    pub const ALL: [Self; 12] = [
        Self::Agreements,
        Self::Announcements,
        Self::Attendance,
        Self::Contact,
        Self::Conversations,
        Self::Deliveries,
        Self::Events,
        Self::Materials,
        Self::Practice,
        Self::Steps,
        Self::Surveys,
        Self::Threads,
    ];
}

/// Writes down what `event` counts for. Each recorder knows the kinds that it heeds, and several may heed one.
pub async fn record(db: &DatabaseTransaction, board: BoardId, event: &Event, now: DateTime<Utc>) -> Result<()> {
    let rec = Recorder { db, board, now };
    if event.kind == ERASED {
        return rec.forget_person(event.id()?).await;
    }
    agreements::record(&rec, event).await?;
    announcements::record(&rec, event).await?;
    attendance::record(&rec, event).await?;
    contact::record(&rec, event).await?;
    conversations::record(&rec, event).await?;
    events::record(&rec, event).await?;
    materials::record(&rec, event).await?;
    practice::record(&rec, event).await?;
    steps::record(&rec, event).await?;
    surveys::record(&rec, event).await?;
    threads::record(&rec, event).await
}

/// Writes down what the calendar changed in all boards: what is over by now and was not written down yet. Done again,
/// it changes nothing, and costs some look-ups for each board. The boards that were left, as students of them are still to
/// be counted or it failed; none if another process is at it.
pub async fn daily(app: &Arc<App>) -> Result<Option<BTreeSet<BoardId>>> {
    let now = app.clock.now();
    let scope = Scope::system(today(now));
    let boards: Vec<BoardId> = board::Entity::within(&scope)
        .select_only()
        .column(board::Column::Id)
        .filter(board::Column::ArchivedAt.is_null())
        .into_tuple()
        .all(&app.db.read(&scope).await?)
        .await?;
    let mut left = BTreeSet::new();
    for board in boards {
        let db = app.db.write(&scope).await?;
        // Another process does it, for all boards.
        if !alone::with(&db, LOCK).await? {
            return Ok(None);
        }
        match daily_in_turn(&db, board, now).await {
            Ok(true) => {
                db.commit().await?;
                continue;
            }
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%board, ?error, "what the calendar changed is not counted, which is tried again");
            }
        }
        left.insert(board);
        // Whoever does the next board must not find the lock held still.
        db.rollback().await?;
    }
    Ok(Some(left))
}

/// As [`daily_of`]; false where students of the board are still to be counted.
async fn daily_in_turn(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<bool> {
    // What waits for that is no reason: it would stop the calendar as long as some of it fails.
    if held::has_uncounted(db, board).await? {
        return Ok(false);
    }
    daily_of(db, board, now).await?;
    Ok(true)
}

/// As [`daily`], of one board by that time.
pub async fn daily_of(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    let rec = Recorder { db, board, now };
    agreements::daily(&rec).await?;
    deliveries::daily(&rec).await?;
    events::daily(&rec).await?;
    steps::daily(&rec).await?;
    surveys::daily(&rec).await
}

/// Writes down everything of the board of which there is no fact yet, in transactions of some items each, so that acts
/// do not wait long: what broke off goes on where it was. Students of the board who are still to be counted are so first: who
/// is not has no place, and what is known of an item is not written anew.
pub async fn all(app: &Arc<App>, board: BoardId) -> Result<()> {
    let now = app.clock.now();
    for part in Part::ALL {
        let mut last = Some(Uuid::nil());
        while let Some(after) = last {
            let db = app.db.write(&Scope::system(today(now))).await?;
            alone::wait(&db, LOCK).await?;
            if held::has_uncounted(&db, board).await? {
                db.rollback().await?;
                Box::pin(census::settle_board(app, board)).await?;
                continue;
            }
            let next = page(&Recorder { db: &db, board, now }, part, after).await;
            match next {
                Ok(next) => last = next,
                Err(error) => {
                    db.rollback().await?;
                    return Err(error);
                }
            }
            db.commit().await?;
        }
    }
    Ok(())
}

/// As [`all`], one part of it by that time.
pub async fn all_of(db: &DatabaseTransaction, board: BoardId, part: Part, now: DateTime<Utc>) -> Result<()> {
    let rec = Recorder { db, board, now };
    let mut last = Some(Uuid::nil());
    while let Some(after) = last {
        last = page(&rec, part, after).await?;
    }
    Ok(())
}

/// Writes down the items of a part that come next after that id; the last of them, or none where there were none.
async fn page(rec: &Recorder<'_>, part: Part, after: Uuid) -> Result<Option<Uuid>> {
    match part {
        Part::Agreements => agreements::page(rec, after).await,
        Part::Announcements => announcements::page(rec, after).await,
        Part::Attendance => attendance::page(rec, after).await,
        Part::Contact => contact::page(rec, after).await,
        Part::Conversations => conversations::page(rec, after).await,
        // What is older than they look back is gone.
        Part::Deliveries => deliveries::all(rec).await.map(|()| None),
        Part::Events => events::page(rec, after).await,
        Part::Materials => materials::page(rec, after).await,
        Part::Practice => practice::page(rec, after).await,
        Part::Steps => steps::page(rec, after).await,
        Part::Surveys => surveys::page(rec, after).await,
        Part::Threads => threads::page(rec, after).await,
    }
}
