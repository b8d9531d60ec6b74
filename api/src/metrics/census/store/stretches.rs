//! Stretches: what students are counted as, from a day to a day.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, NaiveDate, Utc};
use glans_entity::ids::{BoardId, SchoolId, StudentId};
use glans_entity::metrics::{due, stretch};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::metrics::census::rules::Changes;
use crate::platform::error::Result;

/// Rows of one statement.
const AT_ONCE: usize = 500;

/// The stretches of the students that go on: one of each at most.
pub async fn open(db: &impl ConnectionTrait, scope: &Scope, students: &[StudentId]) -> Result<Vec<stretch::Model>> {
    let own = stretch::Entity::within(scope).filter(stretch::Column::StudentId.is_in(students.iter().copied()));
    Ok(own.filter(stretch::Column::EndsOn.is_null()).all(db).await?)
}

/// The last day of each student that is counted and over.
pub async fn counted(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<HashMap<StudentId, NaiveDate>> {
    let rows: Vec<(StudentId, NaiveDate)> = stretch::Entity::within(scope)
        .select_only()
        .column(stretch::Column::StudentId)
        .column_as(stretch::Column::EndsOn.max(), "last")
        .filter(stretch::Column::StudentId.is_in(students.iter().copied()))
        .filter(stretch::Column::EndsOn.is_not_null())
        .group_by(stretch::Column::StudentId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Writes the changes down; the first day at each school of which something is another now.
pub async fn write(db: &DatabaseTransaction, changes: Changes) -> Result<BTreeMap<SchoolId, NaiveDate>> {
    let mut days: BTreeMap<NaiveDate, Vec<StudentId>> = BTreeMap::new();
    for (student, day) in changes.cut {
        days.entry(day).or_default().push(student);
    }
    let mut others: Vec<(SchoolId, NaiveDate)> =
        changes.opened.iter().map(|row| (row.school_id, row.starts_on)).collect();
    for (day, students) in days {
        for students in students.chunks(AT_ONCE) {
            others.extend(cut(db, students, day).await?);
        }
    }
    for rows in changes.opened.chunks(AT_ONCE) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        stretch::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    let mut since: BTreeMap<SchoolId, NaiveDate> = BTreeMap::new();
    for (school, day) in others {
        since.entry(school).and_modify(|first| *first = Ord::min(*first, day)).or_insert(day);
    }
    Ok(since)
}

/// What is written of the students from that day on goes; the schools of it, each with the first day that does.
async fn cut(db: &DatabaseTransaction, students: &[StudentId], day: NaiveDate) -> Result<Vec<(SchoolId, NaiveDate)>> {
    use stretch::Column;
    let own = || Expr::col(Column::StudentId).is_in(students.iter().copied());
    let gone = Query::delete()
        .from_table(stretch::Entity)
        .and_where(own())
        .and_where(Expr::col(Column::StartsOn).gte(day))
        .returning(Query::returning().columns([Column::SchoolId, Column::StartsOn]))
        .to_owned();
    let ended = Query::update()
        .table(stretch::Entity)
        .value(Column::EndsOn, Expr::value(day - Days::new(1)))
        .and_where(own())
        .and_where(Expr::col(Column::EndsOn).is_null().or(Expr::col(Column::EndsOn).gte(day)))
        .returning(Query::returning().column(Column::SchoolId))
        .to_owned();
    let mut changed = Vec::new();
    for row in db.query_all(&gone).await? {
        changed.push((row.try_get("", "school_id")?, row.try_get("", "starts_on")?));
    }
    for row in db.query_all(&ended).await? {
        changed.push((row.try_get("", "school_id")?, day));
    }
    Ok(changed)
}

/// The cells of schools that cover these days are to be made anew.
pub async fn refresh(
    db: &DatabaseTransaction,
    board_id: BoardId,
    days: Vec<(SchoolId, NaiveDate)>,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = |(school_id, day)| due::Model { id: Uuid::now_v7(), board_id, school_id, day, due_at: now };
    let rows: Vec<_> = days.into_iter().map(|mark| row(mark).into_active_model()).collect();
    for rows in rows.chunks(AT_ONCE) {
        due::Entity::insert_many(rows.iter().cloned()).exec_without_returning(db).await?;
    }
    Ok(())
}
