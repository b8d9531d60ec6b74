//! The SQL of enrolments.

use chrono::NaiveDate;
use glans_entity::ids::{ClassGroupId, EnrolmentId, StudentId};
use glans_entity::people::enrolment::{Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Select,
};

use crate::access::Permit;
use crate::call::Write;
use crate::people::rights::covers;
use crate::people::students::rules::Leaving;
use crate::platform::error::Result;

/// The places in sight that count on the day of the scope.
fn live(scope: &Scope) -> Select<Entity> {
    Entity::within(scope).filter(covers(Column::StartsOn, Column::EndsOn, scope.on))
}

/// The places of `students` that count on the day of the scope.
pub async fn of_students(db: &impl ConnectionTrait, scope: &Scope, students: &[StudentId]) -> Result<Vec<Model>> {
    Ok(live(scope).filter(Column::StudentId.is_in(students.iter().copied())).order_by_asc(Column::Id).all(db).await?)
}

/// Who is in `group` on the day of the scope, as a subquery.
pub(in crate::people) fn students_in(scope: &Scope, group: ClassGroupId) -> Select<Entity> {
    live(scope).select_only().column(Column::StudentId).filter(Column::ClassGroupId.eq(group))
}

/// All places of `student`, past and to come.
pub async fn all_of(db: &impl ConnectionTrait, scope: &Scope, student: StudentId) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::StudentId.eq(student)).all(db).await?)
}

/// Inserts places.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, rows: Vec<Model>) -> Result<()> {
    if !rows.is_empty() {
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Gives a place other days, as its next version.
pub async fn set_days(
    write: &Write<'_>,
    _permit: &Permit,
    row: Model,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
) -> Result<Model> {
    let version = row.version;
    let mut row = row.into_active_model();
    row.starts_on = Set(starts_on);
    row.ends_on = Set(ends_on);
    row.version = Set(version + 1);
    row.updated_at = Set(write.now());
    Ok(row.update(write.db()).await?)
}

/// Removes places that never came to be.
pub async fn drop(db: &impl ConnectionTrait, _permit: &Permit, ids: &[EnrolmentId]) -> Result<()> {
    if !ids.is_empty() {
        Entity::delete_many().filter(Column::Id.is_in(ids.iter().copied())).exec(db).await?;
    }
    Ok(())
}

/// Ends the places of `student` with the stay, also those that the caller does not see. Whether one of them ends on another
/// day by it.
pub async fn end_all(write: &Write<'_>, permit: &Permit, student: StudentId, leaving: Leaving) -> Result<bool> {
    let everywhere = Scope::system(write.call().today());
    let mut has_moved = false;
    for row in all_of(write.db(), &everywhere, student).await? {
        if let Some(last) = leaving.end_of(row.starts_on, row.ends_on) {
            let starts_on = row.starts_on;
            set_days(write, permit, row, starts_on, Some(last)).await?;
            has_moved = true;
        }
    }
    Ok(has_moved)
}
