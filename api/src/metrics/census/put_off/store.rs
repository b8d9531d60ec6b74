//! The SQL of students who are still to be counted.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use glans_entity::ids::{BoardId, StudentId};
use glans_entity::metrics::{stretch, uncounted, unrecorded};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::metrics::census::AT_ONCE;
use crate::metrics::census::store::STUDENT;
use crate::platform::error::{Error, Result};

/// The selected students.
const MOVED: &str = "moved";
/// Rows of one statement.
const ROWS: usize = 1000;

fn everywhere() -> Scope {
    Scope::system(NaiveDate::MIN)
}

/// Notes that the students whom a statement names are to be counted as of that day.
pub(in crate::metrics::census) async fn put_off(
    db: &DatabaseTransaction,
    board: BoardId,
    moved: &SelectStatement,
    day: NaiveDate,
) -> Result<()> {
    use uncounted::Column;
    let student = || Expr::col((Alias::new(MOVED), Alias::new(STUDENT)));
    let rows = Query::select()
        .expr(student())
        .expr(Expr::val(day))
        .expr(Expr::val(board))
        .from_subquery(moved.clone(), Alias::new(MOVED))
        // SQLite takes the conflict for a part of the selection where there is no condition.
        .and_where(student().is_not_null())
        .to_owned();
    let columns = [Column::StudentId, Column::Day, Column::BoardId];
    let mut insert = Query::insert().into_table(uncounted::Entity).columns(columns).on_conflict(known()).to_owned();
    insert.select_from(rows).map_err(Error::fault)?;
    db.execute(&insert).await?;
    Ok(())
}

/// As [`put_off`], of students who are known by name.
pub(in crate::metrics::census) async fn put_off_these(
    db: &DatabaseTransaction,
    board_id: BoardId,
    students: &[StudentId],
    day: NaiveDate,
) -> Result<()> {
    let row = |student: &StudentId| uncounted::Model { student_id: *student, day, board_id }.into_active_model();
    for students in students.chunks(ROWS) {
        let rows = students.iter().map(row);
        uncounted::Entity::insert_many(rows).on_conflict(known()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Who is put off already is so once.
fn known() -> OnConflict {
    use uncounted::Column;
    OnConflict::columns([Column::StudentId, Column::Day]).do_nothing().to_owned()
}

/// The boards of which students are to be counted, or of which something is to be written down since.
pub(super) async fn boards(db: &impl ConnectionTrait) -> Result<BTreeSet<BoardId>> {
    let uncounted = uncounted::Entity::within(&everywhere()).select_only().column(uncounted::Column::BoardId);
    let unrecorded = unrecorded::Entity::within(&everywhere()).select_only().column(unrecorded::Column::BoardId);
    let mut boards: Vec<BoardId> = uncounted.distinct().into_tuple().all(db).await?;
    boards.extend(unrecorded.distinct().into_tuple::<BoardId>().all(db).await?);
    Ok(boards.into_iter().collect())
}

/// Some students of the board who are to be counted, as of the first day of which there are any.
pub(super) async fn next(db: &impl ConnectionTrait, board: BoardId) -> Result<Option<(NaiveDate, Vec<StudentId>)>> {
    use uncounted::Column;
    let rows: Vec<(NaiveDate, StudentId)> = uncounted::Entity::within(&everywhere())
        .select_only()
        .columns([Column::Day, Column::StudentId])
        .filter(Column::BoardId.eq(board))
        .order_by_asc(Column::Day)
        .order_by_asc(Column::StudentId)
        .limit(AT_ONCE)
        .into_tuple()
        .all(db)
        .await?;
    let Some((first, _)) = rows.first().copied() else { return Ok(None) };
    let students = rows.into_iter().filter(|(day, _)| *day == first).map(|(_, student)| student).collect();
    Ok(Some((first, students)))
}

/// Those of the students who are to be counted as of a day before that one, by day.
pub(super) async fn of(
    db: &impl ConnectionTrait,
    students: &[StudentId],
    before: NaiveDate,
) -> Result<BTreeMap<NaiveDate, Vec<StudentId>>> {
    use uncounted::Column;
    let rows: Vec<(NaiveDate, StudentId)> = uncounted::Entity::within(&everywhere())
        .select_only()
        .columns([Column::Day, Column::StudentId])
        .filter(Column::StudentId.is_in(students.iter().copied()))
        .filter(Column::Day.lt(before))
        .into_tuple()
        .all(db)
        .await?;
    let mut days: BTreeMap<NaiveDate, Vec<StudentId>> = BTreeMap::new();
    for (day, student) in rows {
        days.entry(day).or_default().push(student);
    }
    Ok(days)
}

/// The students are counted as of that day.
pub(super) async fn settled(db: &DatabaseTransaction, students: &[StudentId], day: NaiveDate) -> Result<()> {
    use uncounted::Column;
    let own = Condition::all().add(Column::Day.eq(day)).add(Column::StudentId.is_in(students.iter().copied()));
    uncounted::Entity::delete_many().filter(own).exec(db).await?;
    Ok(())
}

/// Those of the students who were counted on a day after that of the scope, as far as that made a difference.
pub(in crate::metrics::census) async fn counted_since(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<HashSet<StudentId>> {
    use stretch::Column;
    let since = Condition::any().add(Column::StartsOn.gt(scope.on)).add(Column::EndsOn.gte(scope.on));
    let rows: Vec<StudentId> = stretch::Entity::within(scope)
        .select_only()
        .column(Column::StudentId)
        .filter(Column::StudentId.is_in(students.iter().copied()))
        .filter(since)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
