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
use tokio::time::MissedTickBehavior;

use self::making::Part;
pub(super) use self::publishing::PUBLISHED;
pub use self::publishing::{Publication, Work};
use self::store::Due;
use super::{census, facts, periods};
use crate::app::App;
use crate::call::today;
use crate::platform::alone;
use crate::platform::error::{Error, Result};
use crate::platform::rounds::in_vain;

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
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for round in 0_u32.. {
        ticks.tick().await;
        let done = if round % CALENDAR == 0 { self::round(&app).await } else { roll_up(&app).await };
        if let Err(error) = done {
            in_vain!(error, "figures are not up to date, which is tried again");
        }
    }
}

/// Looks at what the calendar changed, and makes all that is due.
pub async fn round(app: &Arc<App>) -> Result<()> {
    // What is over by now is what is counted below, also where midnight passes meanwhile.
    let now = app.clock.now();
    census::settle(app).await?;
    let mut left = census::daily(app).await?;
    let counted = facts::daily(app).await?;
    roll_up(app).await?;
    match counted {
        Some(others) => {
            left.extend(others);
            publish(app, &left, now).await
        }
        None => Ok(()),
    }
}

/// Publishes the periods that were over by then, but for boards that were left.
async fn publish(app: &Arc<App>, left: &BTreeSet<BoardId>, now: DateTime<Utc>) -> Result<()> {
    let everywhere = Scope::system(today(now));
    let boards = boards(&app.db.read(&everywhere).await?).await?;
    for board in boards {
        // What is still to be made is part of what is to be published.
        if left.contains(&board) || is_behind(&app.db.read(&everywhere).await?, board, now).await? {
            continue;
        }
        if let Err(error) = publishing::daily(app, board, now).await {
            tracing::error!(%board, ?error, "the figures of a board are not published, which is tried again");
        }
    }
    Ok(())
}

/// Whether something of the weeks that are over is still to be counted, or to be made of what is.
async fn is_behind(db: &impl ConnectionTrait, board: BoardId, now: DateTime<Utc>) -> Result<bool> {
    let week = periods::start(Span::Week, today(now));
    Ok(facts::is_behind(db, board).await? || store::is_behind(db, board, week, now).await?)
}

/// Makes all cells that are due, of students who were put off too.
pub async fn roll_up(app: &Arc<App>) -> Result<()> {
    census::settle(app).await?;
    let mut failed = BTreeSet::new();
    while refresh(app, &mut failed).await? {}
    Ok(())
}

/// Makes some of what is due, but for schools of which it failed; whether there is more. Where all at once fails it is made
/// of one school after the other, and those of which it fails wait for the next round.
async fn refresh(app: &Arc<App>, failed: &mut BTreeSet<SchoolId>) -> Result<bool> {
    let now = app.clock.now();
    let db = app.db.write(&Scope::system(today(now))).await?;
    if !alone::with(&db, LOCK).await? {
        return Ok(false);
    }
    let due = store::due(&db, now, failed, AT_ONCE).await?;
    match make_due(&db, &due, now).await {
        Ok(()) => db.commit().await?,
        Err(error) => {
            db.rollback().await?;
            tracing::warn!(?error, "cells were not made, which is tried of each school apart");
            failed.extend(refresh_apart(app, &due, now).await?);
        }
    }
    Ok(due.len() as u64 == AT_ONCE)
}

/// As [`refresh`], each school in a transaction of its own: those of which it failed.
async fn refresh_apart(app: &Arc<App>, due: &[Due], now: DateTime<Utc>) -> Result<Vec<SchoolId>> {
    let mut schools: BTreeMap<SchoolId, Vec<Due>> = BTreeMap::new();
    for mark in due {
        schools.entry(mark.school).or_default().push(*mark);
    }
    let mut failed = Vec::new();
    for (school, due) in schools {
        let db = app.db.write(&Scope::system(today(now))).await?;
        alone::wait(&db, LOCK).await?;
        match make_due(&db, &due, now).await {
            Ok(()) => db.commit().await?,
            Err(error) => {
                db.rollback().await?;
                tracing::error!(%school, ?error, "the cells of a school are not made, which is tried again");
                failed.push(school);
            }
        }
    }
    Ok(failed)
}

/// Makes the cells that are marked, and takes the marks away.
async fn make_due(db: &DatabaseTransaction, due: &[Due], now: DateTime<Utc>) -> Result<()> {
    let marked = due.iter().flat_map(|mark| parts(mark.board, mark.school, mark.day)).collect();
    make(db, marked, now).await?;
    let marks: Vec<_> = due.iter().map(|mark| mark.id).collect();
    store::done(db, &marks).await
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

/// Hides the figures of a board until the next round publishes them.
pub(super) async fn withdraw(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    publishing::withdraw(db, board, now).await
}

/// The boards of which there are figures.
pub async fn boards(db: &impl ConnectionTrait) -> Result<Vec<BoardId>> {
    store::boards(db).await
}

/// Makes all cells and figures of the board anew.
///
/// # Errors
/// A fault where another process publishes at this moment, the board was changed, or students of it are still to be counted.
pub async fn rebuild(app: &Arc<App>, board: BoardId) -> Result<()> {
    census::settle_board(app, board).await?;
    let now = app.clock.now();
    let everywhere = Scope::system(today(now));
    let parts: Vec<Part> = everything(&app.db.read(&everywhere).await?, board, today(now)).await?.into_iter().collect();
    for parts in parts.chunks(PARTS_AT_ONCE) {
        let db = app.db.write(&everywhere).await?;
        alone::wait(&db, LOCK).await?;
        make(&db, parts.iter().copied().collect(), now).await?;
        db.commit().await?;
    }
    if facts::is_behind(&app.db.read(&everywhere).await?, board).await? {
        return Err(Error::fault(
            "students of the board are still to be counted, or what happened since: try again later",
        ));
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
