//! When the census is taken of its own accord.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::organisation::school;
use glans_entity::scope::Scope;
use sea_orm::{ColumnTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{store, take_school, weeks};
use crate::app::App;
use crate::call::{begin, today};
use crate::metrics::facts;
use crate::platform::alone;
use crate::platform::error::Result;

/// How long a census is of use. One of yesterday is not.
const LASTS: TimeDelta = TimeDelta::hours(6);
/// Nobody else takes it meanwhile.
const LOCK: &str = "metrics.census";

/// Takes the census where there is none of late. Of a board that was there before facts were, all that counts is written down
/// as well. The boards of which some of it failed, which keeps no other one waiting.
pub async fn daily(app: &Arc<App>) -> Result<BTreeSet<BoardId>> {
    let (_, scope) = present(app);
    let unknown = store::unknown_boards(&app.db.read(&scope).await?).await?;
    let mut failed = BTreeSet::new();
    for board in unknown {
        if let Err(error) = begin_board(app, board).await {
            tracing::error!(%board, ?error, "the first census of a board failed, and is taken in the next round");
            failed.insert(board);
        }
    }
    let mut last = SchoolId(Uuid::nil());
    while let Some((school, board)) = next_late(app, last).await? {
        if let Err(error) = take_late(app, school).await {
            tracing::error!(%school, ?error, "the census of a school failed, and is taken in the next round");
            failed.insert(board);
        }
        last = school;
    }
    Ok(failed)
}

/// The next school after `last` of which the census is old, with its board. Boards of which there was none yet are left to
/// [`daily`].
pub async fn next_late(app: &App, last: SchoolId) -> Result<Option<(SchoolId, BoardId)>> {
    let (now, scope) = present(app);
    let later = school::Column::Id.gt(last).into();
    let late = store::late(&app.db.read(&scope).await?, (oldest(now, &scope), now), later).await?;
    Ok(late.map(|(school, _)| (school.id, school.board_id)))
}

/// What is older is of no use.
fn oldest(now: DateTime<Utc>, scope: &Scope) -> DateTime<Utc> {
    begin(scope.on).max(now - LASTS)
}

fn present(app: &App) -> (DateTime<Utc>, Scope) {
    let now = app.clock.now();
    (now, Scope::system(today(now)))
}

/// The first census of a board. It is noted at the end: what broke off begins anew.
async fn begin_board(app: &Arc<App>, board: BoardId) -> Result<()> {
    let (began, scope) = present(app);
    let schools = store::schools(&app.db.read(&scope).await?, &scope, board).await?;
    for school in &schools {
        let (now, scope) = present(app);
        let db = app.db.write(&scope).await?;
        if !alone::with(&db, LOCK).await? {
            return Ok(());
        }
        if let Err(error) = take_school(&db, &scope, school, now).await {
            // Whoever begins the next board must not find the lock held still.
            db.rollback().await?;
            return Err(error);
        }
        db.commit().await?;
    }
    facts::all(app, board).await?;
    let db = app.db.write(&scope).await?;
    for school in &schools {
        store::taken(&db, school, began).await?;
    }
    Ok(db.commit().await?)
}

/// Takes the census of a school, unless somebody did meanwhile. Acts of its board wait for that, which is why it is one.
async fn take_late(app: &App, school: SchoolId) -> Result<()> {
    let (now, scope) = present(app);
    let db = app.db.write(&scope).await?;
    alone::wait(&db, LOCK).await?;
    let own = school::Column::Id.eq(school).into();
    let Some((school, last)) = store::late(&db, (oldest(now, &scope), now), own).await? else { return Ok(()) };
    take_school(&db, &scope, &school, now).await?;
    catch_up(&db, &scope, &school, last, now).await?;
    store::taken(&db, &school, now).await?;
    Ok(db.commit().await?)
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
    let days = weeks(last, scope.on).into_iter().map(|day| (school.id, day)).collect();
    store::refresh(db, school.board_id, days, now).await
}
