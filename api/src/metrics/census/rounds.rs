//! When the census is taken of its own accord.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::BoardId;
use glans_entity::organisation::school;
use glans_entity::scope::Scope;
use sea_orm::{ColumnTrait, DatabaseTransaction};

use super::rules::At;
use super::{Look, store, take_school, weeks};
use crate::app::App;
use crate::call::{begin, today};
use crate::metrics::facts;
use crate::platform::alone;
use crate::platform::error::Result;

/// How long a census is of use. One of yesterday is not.
const LASTS: TimeDelta = TimeDelta::hours(6);
/// Schools of one transaction.
const AT_ONCE: u64 = 10;
/// Nobody else takes it meanwhile.
const LOCK: &str = "metrics.census";

/// Takes the census where there is none of late. Of a board that was there before facts were, all that counts is written down
/// as well.
pub async fn daily(app: &Arc<App>) -> Result<()> {
    let scope = Scope::system(today(app.clock.now()));
    let unknown = store::unknown_boards(&app.db.read(&scope).await?).await?;
    for board in unknown {
        begin_board(app, &scope, board).await?;
    }
    while take_late(app, &scope).await? {}
    Ok(())
}

/// The first census of a board. It is noted at the end: what broke off begins anew.
async fn begin_board(app: &Arc<App>, scope: &Scope, board: BoardId) -> Result<()> {
    let now = app.clock.now();
    let of_board = || school::Column::BoardId.eq(board).into();
    let schools = store::schools(&app.db.read(scope).await?, scope, of_board()).await?;
    for school in &schools {
        let db = app.db.write(scope).await?;
        if !alone::with(&db, LOCK).await? {
            return Ok(());
        }
        take_school(&db, scope, school, Look::Everything, now).await?;
        db.commit().await?;
    }
    facts::all(app, board).await?;
    let db = app.db.write(scope).await?;
    for school in &schools {
        store::taken(&db, school, now).await?;
    }
    Ok(db.commit().await?)
}

/// Takes the census of some schools of which it is old; whether there were any.
async fn take_late(app: &Arc<App>, scope: &Scope) -> Result<bool> {
    let now = app.clock.now();
    let db = app.db.write(scope).await?;
    if !alone::with(&db, LOCK).await? {
        return Ok(false);
    }
    let before = begin(scope.on).max(now - LASTS);
    let late = store::late(&db, before, AT_ONCE).await?;
    for (school, last) in &late {
        take_school(&db, scope, school, Look::Everything, now).await?;
        catch_up(&db, scope, school, *last, now).await?;
        store::taken(&db, school, now).await?;
    }
    db.commit().await?;
    Ok(!late.is_empty())
}

/// Cells of weeks in which nobody looked are made too.
async fn catch_up(
    db: &DatabaseTransaction,
    scope: &Scope,
    school: &school::Model,
    last: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(last) = last.map(today).filter(|last| *last < scope.on) else { return Ok(()) };
    store::refresh(db, At::of(school, scope.on), weeks(last, scope.on), now).await
}
