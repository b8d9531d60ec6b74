//! The SQL of marks, and of what there is to be made.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::metrics::{cell, census, due, fact, stretch};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::making::Part;
use crate::platform::error::Result;

/// Rows of one statement.
const AT_ONCE: usize = 500;

/// A mark: that cells of the school that cover the day are to be made anew.
#[derive(Clone, Copy)]
pub(super) struct Due {
    pub id: Uuid,
    pub board: BoardId,
    pub school: SchoolId,
    pub day: NaiveDate,
}

/// What is to be made anew by now, but for these schools.
pub(super) async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    but: &BTreeSet<SchoolId>,
    most: u64,
) -> Result<Vec<Due>> {
    let select = Query::select()
        .columns([due::Column::Id, due::Column::BoardId, due::Column::SchoolId, due::Column::Day])
        .from(due::Entity)
        .and_where(Expr::col(due::Column::DueAt).lte(now))
        .and_where(Expr::col(due::Column::SchoolId).is_not_in(but.iter().copied()))
        .order_by(due::Column::DueAt, sea_orm::sea_query::Order::Asc)
        .limit(most)
        .to_owned();
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let (board, school) = (row.try_get("", "board_id")?, row.try_get("", "school_id")?);
            Ok(Due { id: row.try_get("", "id")?, board, school, day: row.try_get("", "day")? })
        })
        .collect()
}

/// Takes the marks away.
pub(super) async fn done(db: &DatabaseTransaction, marks: &[Uuid]) -> Result<()> {
    for marks in marks.chunks(AT_ONCE) {
        due::Entity::delete_many().filter(due::Column::Id.is_in(marks.iter().copied())).exec(db).await?;
    }
    Ok(())
}

/// Whether cells of days before `until` are to be made anew by now.
pub(super) async fn is_behind(
    db: &impl ConnectionTrait,
    board: BoardId,
    until: NaiveDate,
    now: DateTime<Utc>,
) -> Result<bool> {
    use due::Column;
    let select = Query::select()
        .expr(Expr::val(1))
        .from(due::Entity)
        .and_where(Expr::col(Column::BoardId).eq(board))
        .and_where(Expr::col(Column::Day).lt(until))
        .and_where(Expr::col(Column::DueAt).lte(now))
        .limit(1)
        .to_owned();
    Ok(db.query_one(&select).await?.is_some())
}

/// All schools and days of which there is something to be made: for making everything anew.
pub(super) async fn everything(db: &impl ConnectionTrait, board: BoardId) -> Result<Vec<(SchoolId, NaiveDate)>> {
    let of_facts = Query::select()
        .distinct()
        .columns([fact::Column::SchoolId, fact::Column::Day])
        .from(fact::Entity)
        .and_where(Expr::col(fact::Column::BoardId).eq(board))
        .to_owned();
    let rows = db.query_all(&of_facts).await?;
    Ok(rows
        .iter()
        .map(|row| Ok::<_, sea_orm::DbErr>((row.try_get("", "school_id")?, row.try_get("", "day")?)))
        .collect::<std::result::Result<_, _>>()?)
}

/// The stretches of the board: school, first day and last day.
pub(super) async fn stretches(
    db: &impl ConnectionTrait,
    board: BoardId,
) -> Result<Vec<(SchoolId, NaiveDate, Option<NaiveDate>)>> {
    use stretch::Column;
    let select = Query::select()
        .distinct()
        .columns([Column::SchoolId, Column::StartsOn, Column::EndsOn])
        .from(stretch::Entity)
        .and_where(Expr::col(Column::BoardId).eq(board))
        .to_owned();
    let rows = db.query_all(&select).await?;
    let of = |row: &sea_orm::QueryResult| {
        Ok::<_, sea_orm::DbErr>((
            row.try_get("", "school_id")?,
            row.try_get("", "starts_on")?,
            row.try_get("", "ends_on")?,
        ))
    };
    Ok(rows.iter().map(of).collect::<std::result::Result<_, _>>()?)
}

/// The parts of the board of which there are cells.
pub(super) async fn made(db: &impl ConnectionTrait, board: BoardId) -> Result<BTreeSet<Part>> {
    use cell::Column;
    let select = Query::select()
        .distinct()
        .columns([Column::SchoolId, Column::Span, Column::StartsOn])
        .from(cell::Entity)
        .and_where(Expr::col(Column::BoardId).eq(board))
        .to_owned();
    let rows = db.query_all(&select).await?;
    let part = |row: &sea_orm::QueryResult| {
        let (school, span) = (row.try_get("", "school_id")?, row.try_get("", "span")?);
        Ok::<_, sea_orm::DbErr>(Part { board, school, span, starts_on: row.try_get("", "starts_on")? })
    };
    Ok(rows.iter().map(part).collect::<std::result::Result<_, _>>()?)
}

/// The boards of whose schools a census was taken.
pub(super) async fn boards(db: &impl ConnectionTrait) -> Result<Vec<BoardId>> {
    let select = Query::select().distinct().column(census::Column::BoardId).from(census::Entity).to_owned();
    let rows = db.query_all(&select).await?;
    Ok(rows.iter().map(|row| row.try_get("", "board_id")).collect::<std::result::Result<_, _>>()?)
}
