//! When the census is taken of its own accord.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::BoardId;
use glans_entity::organisation::school;
use glans_entity::scope::Scope;
use sea_orm::DatabaseTransaction;

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
/// as well.
pub async fn daily(app: &Arc<App>) -> Result<()> {
    let (_, scope) = present(app);
    let unknown = store::unknown_boards(&app.db.read(&scope).await?).await?;
    for board in unknown {
        begin_board(app, board).await?;
    }
    while take_late(app).await? {}
    Ok(())
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
        take_school(&db, &scope, school, now).await?;
        db.commit().await?;
    }
    facts::all(app, board).await?;
    let db = app.db.write(&scope).await?;
    for school in &schools {
        store::taken(&db, school, began).await?;
    }
    Ok(db.commit().await?)
}

/// Takes the census of one school of which it is old; whether there was any. Acts of its board wait for that, which is why it
/// is one. Boards of which there was none yet are left to [`daily`].
pub async fn take_late(app: &Arc<App>) -> Result<bool> {
    let (now, scope) = present(app);
    let db = app.db.write(&scope).await?;
    alone::wait(&db, LOCK).await?;
    let before = begin(scope.on).max(now - LASTS);
    let Some((school, last)) = store::late(&db, before, now).await? else { return Ok(false) };
    take_school(&db, &scope, &school, now).await?;
    catch_up(&db, &scope, &school, last, now).await?;
    store::taken(&db, &school, now).await?;
    db.commit().await?;
    Ok(true)
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
    store::refresh(db, school.board_id, school.id, weeks(last, scope.on), now).await
}
