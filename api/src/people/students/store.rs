//! The SQL of students.

use chrono::{DateTime, Utc};
use glans_entity::ids::{ClassGroupId, SchoolId, StudentId};
use glans_entity::people::student::{ActiveModel, Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use crate::access::Permit;
use crate::listed;
use crate::people::enrolments;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::taken_or_id;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

const NUMBER_TAKEN: &str = "Another student of this school has this number.";

/// Whose students.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    School(SchoolId),
    ClassGroup(ClassGroupId),
}

/// The student, if in sight.
pub async fn by_id(db: &impl ConnectionTrait, scope: &Scope, id: StudentId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).one(db).await?)
}

/// The students in sight with these ids, by name.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[StudentId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::DisplayName)
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// As [`by_id`], and nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: StudentId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

const BY_NAME: By<Entity, String> = Order {
    name: "student.name",
    columns: (Column::DisplayName, Column::Id),
    key: |row: &Model| (row.display_name.clone(), row.id.0),
    descending: false,
};

listed!(Model, BY_NAME);

/// One page of the students of `of` who have not left, by name.
pub async fn page(db: &impl ConnectionTrait, scope: &Scope, of: Of, args: &PageArgs) -> Result<Rows<Model>> {
    let select = Entity::within(scope)
        .filter(Column::LeftOn.is_null().or(Column::LeftOn.gte(scope.on)))
        .filter(Column::ErasedAt.is_null());
    let select = match of {
        Of::School(school) => select.filter(Column::SchoolId.eq(school)),
        Of::ClassGroup(group) => {
            select.filter(Column::Id.in_subquery(enrolments::store::students_in(scope, group).into_query()))
        }
    };
    page::rows(db, select, &BY_NAME, args).await
}

/// Inserts a student.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken_or_id("number", NUMBER_TAKEN))
}

/// Stores the changed fields of `row` as its next version.
pub async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    row.update(db).await.map_err(taken("number", NUMBER_TAKEN))
}
