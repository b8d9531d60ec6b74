//! From an event to those whom it concerns.

mod letters;
mod store;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{AccountId, BoardId};
use glans_entity::platform::outbox;
use glans_entity::scope::Scope;
use sea_orm::DatabaseTransaction;
use tokio::time::Instant;

pub use store::{accounts_of, told_of};

use super::inbox;
use super::occasions::{self, Notice, Told};
use crate::app::App;
use crate::call::today;
use crate::platform::alone;
use crate::platform::bus::EVERYBODY;
use crate::platform::error::{Error, Result};
use crate::platform::outbox::TOPIC;
use crate::platform::rounds::in_vain;

/// Events that are looked up at once.
const AT_ONCE: u64 = 500;
/// After so long it is looked again whose turn it is.
const TURN: Duration = Duration::from_secs(1);
/// Events of other processes are looked for this often.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// A try that failed is made again after this long, and each time after twice as long as before.
const PATIENCE: TimeDelta = TimeDelta::seconds(2);
/// After so many tries an event is given up, an hour and a half after it happened.
const TRIES: i32 = 12;
/// Of more people, everybody who follows is woken instead of each of them.
const WOKEN_ONE_BY_ONE: usize = 100;

/// Goes round as long as the process works. A round that fails is logged, and the next one tries again.
pub async fn run(app: Arc<App>) {
    let mut wakes = app.bus.subscribe(TOPIC);
    loop {
        if let Err(error) = round(&app).await {
            in_vain!(error, "nobody was told of what happened, which is tried again");
        }
        // An error means that nothing happened in this process meanwhile.
        let _ = tokio::time::timeout(LOOK_AGAIN, wakes.next()).await;
    }
}

/// Tells of all that has happened; of how much. Boards take turns, and each event has a transaction of its own, so that
/// neither a board with much to tell nor an event that fails keeps others waiting.
pub async fn round(app: &Arc<App>) -> Result<usize> {
    let everywhere = Scope::system(today(app.clock.now()));
    let mut told = 0;
    loop {
        let db = app.db.read(&everywhere).await?;
        let waiting = store::waiting(&db, app.clock.now(), AT_ONCE).await?;
        drop(db);
        if waiting.is_empty() {
            return Ok(told);
        }
        let (before, began) = (told, Instant::now());
        for board in waiting {
            if told > before && began.elapsed() > TURN {
                break;
            }
            told += usize::from(tell_of(app, &everywhere, board).await?);
        }
        if told == before {
            return Ok(told);
        }
    }
}

/// Tells of the oldest event of the board that waits. False where another process tells of the board, and where it could
/// not be told of.
async fn tell_of(app: &App, everywhere: &Scope, board: Option<BoardId>) -> Result<bool> {
    let (db, now) = (app.db.write(everywhere).await?, app.clock.now());
    // One at a time tells of a board, and looks only then what comes next: what takes something back must see what it takes
    // back.
    let event = if is_alone(&db, board).await? { store::next(&db, board, now).await? } else { None };
    let Some(event) = event else {
        db.rollback().await?;
        return Ok(false);
    };
    let told = match tell_in(&db, &event, now).await {
        Ok(accounts) => db.commit().await.map(|()| accounts).map_err(Error::from),
        Err(error) => {
            // Whoever puts it off next must not find it locked still.
            db.rollback().await?;
            Err(error)
        }
    };
    match told {
        Ok(accounts) => wake(app, accounts).await,
        Err(error) => {
            put_off(app, everywhere, event.seq, &error).await?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// What is of no board can be told of side by side.
async fn is_alone(db: &DatabaseTransaction, board: Option<BoardId>) -> Result<bool> {
    match board {
        Some(board) => alone::with(db, &board.0.to_string()).await,
        None => Ok(true),
    }
}

/// Whose inbox something came into.
async fn tell_in(db: &DatabaseTransaction, event: &outbox::Model, now: DateTime<Utc>) -> Result<BTreeSet<AccountId>> {
    let source = occasions::source_of(event.seq);
    if letters::write(db, event, now).await? {
        store::forget_secret(db, event).await?;
    } else {
        let Told { notices, withdrawn, read } = occasions::told(db, event).await?;
        // An event that was put off says nothing of what came about after it.
        store::withdraw(db, &withdrawn, event, now).await?;
        store::read(db, &read, event, now).await?;
        for notice in &notices {
            tell(db, event.board_id, &source, notice, event.at, now).await?;
        }
    }
    store::told(db, event.seq, now).await?;
    store::accounts_of(db, &source).await
}

/// Makes notifications of `source` for all whom the notice is for, and a delivery for each of their addresses that they
/// want it at; how many people were not told of it before. Nobody outside of `board`, where one is given.
pub async fn tell(
    db: &DatabaseTransaction,
    board: impl Into<Option<BoardId>>,
    source: &str,
    notice: &Notice,
    occurred_at: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<u64> {
    let told = store::notify(db, board.into(), source, notice, occurred_at, at).await?;
    if told > 0 {
        // It may be told late, and what says that somebody read it was told before.
        store::read_before(db, source, notice, at).await?;
        store::link_students(db, source, notice).await?;
        store::queue_pushes(db, source, notice, at).await?;
        store::queue_mails(db, source, notice, at).await?;
    }
    Ok(told)
}

/// Wakes who follows the own inbox.
pub async fn wake(app: &App, accounts: BTreeSet<AccountId>) {
    if accounts.len() > WOKEN_ONE_BY_ONE {
        return app.bus.publish(EVERYBODY).await;
    }
    for account in accounts {
        app.bus.publish(&inbox::topic(account)).await;
    }
}

/// The event is tried again later, or given up after too many tries.
async fn put_off(app: &App, everywhere: &Scope, seq: i64, cause: &Error) -> Result<()> {
    tracing::error!(error = ?cause, seq, "an event was not told of");
    let db = app.db.write(everywhere).await?;
    let now = app.clock.now();
    let Some(event) = store::claim(&db, seq, now).await? else { return Ok(()) };
    let attempts = event.attempts + 1;
    let again = (attempts < TRIES).then(|| now + patience(attempts));
    store::put_off(&db, &outbox::Model { attempts, ..event }, again, now, cause).await?;
    db.commit().await?;
    Ok(())
}

fn patience(attempts: i32) -> TimeDelta {
    PATIENCE * 2_i32.saturating_pow(u32::try_from(attempts).unwrap_or_default().min(TRIES as u32) - 1)
}
