//! From facts to cells to figures. Cells are made anew, never counted on: whatever the order in which facts came in, what is
//! made of them is the same.

mod making;
mod publishing;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, Utc};
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::metrics::Span;
use glans_entity::scope::Scope;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Iterable};

use self::making::Part;
use super::{census, facts, periods};
use crate::app::App;
use crate::call::today;
use crate::platform::alone;
use crate::platform::error::Result;

/// How often figures are made of what came in.
const EVERY: Duration = Duration::from_mins(1);
/// After so many rounds it is looked at what the calendar changed.
const CALENDAR: u32 = 10;
/// Marks that are seen to at once.
const AT_ONCE: u64 = 2_000;
/// Parts of one transaction, where all are made.
const PARTS_AT_ONCE: usize = 200;
/// Nobody else rolls up meanwhile.
const LOCK: &str = "metrics.rollups";

/// Goes round as long as the process works. A round that fails is logged, and the next one tries again.
pub async fn run(app: Arc<App>) {
    let mut ticks = tokio::time::interval(EVERY);
    for round in 0_u32.. {
        ticks.tick().await;
        let done = if round % CALENDAR == 0 { self::round(&app).await } else { roll_up(&app).await };
        if let Err(error) = done {
            tracing::error!(?error, "figures are not up to date, which is tried again");
        }
    }
}

/// Looks at what the calendar changed, and makes all that is due.
pub async fn round(app: &Arc<App>) -> Result<()> {
    census::daily(app).await?;
    let all_is_counted = facts::daily(app).await?;
    roll_up(app).await?;
    if all_is_counted { publish(app).await } else { Ok(()) }
}

/// Publishes the periods that are over.
async fn publish(app: &Arc<App>) -> Result<()> {
    let now = app.clock.now();
    let week = periods::start(Span::Week, today(now));
    let everywhere = Scope::system(today(now));
    let boards = boards(&app.db.read(&everywhere).await?).await?;
    for board in boards {
        // What is still to be made is part of what is to be published.
        if store::is_behind(&app.db.read(&everywhere).await?, board, week, now).await? {
            continue;
        }
        if let Err(error) = publishing::daily(app, board, now).await {
            tracing::error!(%board, ?error, "the figures of a board are not published, which is tried again");
        }
    }
    Ok(())
}

/// Makes all cells that are due.
pub async fn roll_up(app: &Arc<App>) -> Result<()> {
    while refresh(app).await? {}
    Ok(())
}

/// Makes some of what is due; whether there is more.
async fn refresh(app: &Arc<App>) -> Result<bool> {
    let now = app.clock.now();
    let db = app.db.write(&Scope::system(today(now))).await?;
    if !alone::with(&db, LOCK).await? {
        return Ok(false);
    }
    let due = store::due(&db, now, AT_ONCE).await?;
    let marks: Vec<_> = due.iter().map(|mark| mark.0).collect();
    let parts: BTreeSet<Part> = due.iter().flat_map(|(_, board, school, day)| parts(*board, *school, *day)).collect();
    make(&db, parts, now).await?;
    store::done(&db, &marks).await?;
    db.commit().await?;
    Ok(marks.len() as u64 == AT_ONCE)
}

fn parts(board: BoardId, school: SchoolId, day: NaiveDate) -> impl Iterator<Item = Part> {
    Span::iter().map(move |span| Part { board, school, span, starts_on: periods::start(span, day) })
}

/// Makes the cells of the parts. Those of a period that is over change what is published.
async fn make(db: &DatabaseTransaction, parts: BTreeSet<Part>, now: DateTime<Utc>) -> Result<()> {
    let mut years: BTreeMap<BoardId, BTreeSet<NaiveDate>> = BTreeMap::new();
    for part in parts {
        making::make(db, part, today(now), now).await?;
        if part.last() < today(now) {
            years.entry(part.board).or_default().insert(periods::start(Span::SchoolYear, part.first()));
        }
    }
    for (board, years) in years {
        publishing::mark(db, board, years).await?;
    }
    Ok(())
}

/// Takes the figures of a board away until the next round publishes them.
pub(super) async fn withdraw(db: &DatabaseTransaction, board: BoardId) -> Result<()> {
    publishing::withdraw(db, board).await
}

/// The boards of which there are figures.
pub async fn boards(db: &impl ConnectionTrait) -> Result<Vec<BoardId>> {
    store::boards(db).await
}

/// Makes all cells and figures of the board anew.
///
/// # Errors
/// A fault where another process publishes at this moment.
pub async fn rebuild(app: &Arc<App>, board: BoardId) -> Result<()> {
    let now = app.clock.now();
    let everywhere = Scope::system(today(now));
    let parts: Vec<Part> = everything(&app.db.read(&everywhere).await?, board, today(now)).await?.into_iter().collect();
    for parts in parts.chunks(PARTS_AT_ONCE) {
        let db = app.db.write(&everywhere).await?;
        alone::wait(&db, LOCK).await?;
        make(&db, parts.iter().copied().collect(), now).await?;
        db.commit().await?;
    }
    publishing::all(app, board, now).await
}

/// All parts that there are, or are to be.
async fn everything(db: &impl ConnectionTrait, board: BoardId, on: NaiveDate) -> Result<BTreeSet<Part>> {
    // Of what there is nothing any more the cells go.
    let mut all = store::made(db, board).await?;
    for (school, day) in store::everything(db, board).await? {
        all.extend(parts(board, school, day));
    }
    for (school, first, last) in store::stretches(db, board).await? {
        let last = last.unwrap_or(on).min(on);
        let days = std::iter::successors(Some(first), |day| Some(*day + Days::new(1))).take_while(|day| *day <= last);
        for day in days {
            all.extend(parts(board, school, day));
        }
    }
    Ok(all)
}
