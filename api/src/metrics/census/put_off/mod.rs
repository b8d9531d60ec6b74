//! Students whom an act moves together with very many others, as a roster import does. The act notes who they are and
//! of which day, in its own transaction; the rounds count them as of that day, some in each transaction. What breaks off
//! goes on where it was. Who is counted for another reason before that is counted as of that day first.

mod store;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, StudentId};
use glans_entity::scope::Scope;
use sea_orm::DatabaseTransaction;

pub(super) use self::store::{counted_since, put_off, put_off_these};
use super::{Look, Who, count};
use crate::app::App;
use crate::call::today;
use crate::metrics::facts;
use crate::platform::error::Result;

/// Counts all students who were put off, and writes down what happened while they were not counted.
pub async fn settle(app: &App) -> Result<()> {
    let everywhere = Scope::system(today(app.clock.now()));
    let boards = store::boards(&app.db.read(&everywhere).await?).await?;
    for board in boards {
        if let Err(error) = settle_board(app, board).await {
            tracing::error!(%board, ?error, "students of a board are not counted, which is tried again");
        }
    }
    Ok(())
}

/// As [`settle`], of one board.
pub async fn settle_board(app: &App, board: BoardId) -> Result<()> {
    while settle_some(app, board).await? {}
    facts::catch_up(app, board).await
}

/// Counts some of them, in a transaction of their own: acts that move students of the board wait for no more than that.
/// Whether there were any.
pub async fn settle_some(app: &App, board: BoardId) -> Result<bool> {
    let now = app.clock.now();
    let db = app.db.write(&Scope::system(today(now))).await?;
    super::store::lock(&db, board).await?;
    let Some((day, students)) = store::next(&db, board).await? else { return Ok(false) };
    count_as_of(&db, board, (day, &students), now).await?;
    db.commit().await?;
    Ok(true)
}

/// Those of the students who were put off on a day before are counted as of then. Nobody else takes the census of the
/// board meanwhile.
pub(super) async fn settle_of(
    db: &DatabaseTransaction,
    board: BoardId,
    students: &[StudentId],
    now: DateTime<Utc>,
) -> Result<()> {
    for (day, students) in store::of(db, students, today(now)).await? {
        count_as_of(db, board, (day, &students), now).await?;
    }
    Ok(())
}

/// Counts students and their families as of a day, of which they are put off no more.
async fn count_as_of(
    db: &DatabaseTransaction,
    board: BoardId,
    (day, students): (NaiveDate, &[StudentId]),
    now: DateTime<Utc>,
) -> Result<()> {
    let then = Scope::system(day);
    let families = super::store::families(db, &then, students).await?;
    let who = Who::of(db, &then, &families).await?;
    Box::pin(count(db, &then, board, who, Look::Places, now)).await?;
    store::settled(db, &families, day).await
}
