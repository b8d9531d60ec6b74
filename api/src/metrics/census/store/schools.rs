//! Schools, and when the last census of them was.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::BoardId;
use glans_entity::metrics::census;
use glans_entity::organisation::school;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};

use crate::platform::error::Result;

/// Boards with schools of which nobody took a census yet.
pub async fn unknown_boards(db: &impl ConnectionTrait) -> Result<Vec<BoardId>> {
    let known = census::Entity::within(&Scope::system(NaiveDate::MIN)).select_only().column(census::Column::BoardId);
    let rows = school::Entity::within(&Scope::system(NaiveDate::MIN)).select_only().column(school::Column::BoardId);
    let rows = rows.distinct().filter(school::Column::BoardId.not_in_subquery(known.into_query()));
    Ok(rows.into_tuple().all(db).await?)
}

/// The first school of `which` of which there is no census from `before` to `now`, and when the last one was. None of a
/// board of which there is no census at all: its first one has more to do. What lies in the future was taken by a wrong
/// clock.
pub async fn late(
    db: &impl ConnectionTrait,
    (before, now): (DateTime<Utc>, DateTime<Utc>),
    which: Condition,
) -> Result<Option<(school::Model, Option<DateTime<Utc>>)>> {
    let everywhere = Scope::system(NaiveDate::MIN);
    let taken = || census::Entity::within(&everywhere);
    let fresh = taken().select_only().column(census::Column::SchoolId);
    let fresh = fresh.filter(census::Column::TakenAt.between(before, now)).into_query();
    let known = taken().select_only().column(census::Column::BoardId).into_query();
    let school = school::Entity::within(&everywhere)
        .filter(school::Column::Id.not_in_subquery(fresh))
        .filter(school::Column::BoardId.in_subquery(known))
        .filter(which)
        .order_by_asc(school::Column::Id)
        .one(db)
        .await?;
    let Some(school) = school else { return Ok(None) };
    let last = taken().filter(census::Column::SchoolId.eq(school.id)).one(db).await?;
    Ok(Some((school, last.map(|row| row.taken_at))))
}

/// Notes that it was taken.
pub async fn taken(db: &DatabaseTransaction, school: &school::Model, now: DateTime<Utc>) -> Result<()> {
    let row = census::Model { school_id: school.id, board_id: school.board_id, taken_at: now };
    let again = OnConflict::column(census::Column::SchoolId).update_column(census::Column::TakenAt).to_owned();
    census::Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// The schools of the board.
pub async fn schools(db: &impl ConnectionTrait, scope: &Scope, board: BoardId) -> Result<Vec<school::Model>> {
    let rows = school::Entity::within(scope).filter(school::Column::BoardId.eq(board));
    Ok(rows.order_by_asc(school::Column::Id).all(db).await?)
}
