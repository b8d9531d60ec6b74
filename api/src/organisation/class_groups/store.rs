//! The SQL of class groups.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{ClassGroupId, SchoolId, SchoolYearId};
use glans_entity::organisation::class_group::{ActiveModel, Column, Entity, Model};
use glans_entity::organisation::school_year;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QuerySelect,
    QueryTrait,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::taken_or_id;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

const NAME_TAKEN: &str = "Another class group of this school has this name in this school year.";

/// Of which school year.
#[derive(Clone, Copy, Debug)]
pub enum Year {
    Of(NaiveDate),
    Is(SchoolYearId),
}

/// The class group, if it is in sight.
pub async fn by_id(db: &impl ConnectionTrait, scope: &Scope, id: ClassGroupId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).one(db).await?)
}

/// The class groups in sight with these ids.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[ClassGroupId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// As [`by_id`], and nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: ClassGroupId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

const BY_NAME: By<Entity, String> = Order {
    name: "class_group.name",
    columns: (Column::Name, Column::Id),
    key: |row: &Model| (row.name.clone(), row.id.0),
    descending: false,
};

listed!(Model, BY_NAME);

/// One page of the class groups that `school` has in `year` and are in use, by name.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    school: SchoolId,
    year: Year,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    let select = Entity::within(scope).filter(Column::SchoolId.eq(school)).filter(Column::ArchivedAt.is_null());
    let select = match year {
        Year::Is(id) => select.filter(Column::SchoolYearId.eq(id)),
        Year::Of(day) => {
            let years = school_year::Entity::within(scope)
                .select_only()
                .column(school_year::Column::Id)
                .filter(school_year::Column::StartsOn.lte(day))
                .filter(school_year::Column::EndsOn.gte(day));
            select.filter(Column::SchoolYearId.in_subquery(years.into_query()))
        }
    };
    page::rows(db, select, &BY_NAME, args).await
}

/// Inserts a class group.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken_or_id("name", NAME_TAKEN))
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
    row.update(db).await.map_err(taken("name", NAME_TAKEN))
}
