//! The SQL of cohorts.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{CohortId, SchoolCohortId, SchoolId};
use glans_entity::practice::{cohort, cohort_school};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::taken_or_id;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

const NAME_TAKEN: &str = "Another cohort of this board has this name.";
const ALREADY_IN: &str = "Somebody added this school just now. Look again.";

/// The cohorts in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[CohortId]) -> Result<Vec<cohort::Model>> {
    Ok(cohort::Entity::within(scope).filter(cohort::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// Whether there is such a cohort in sight.
pub async fn is_in_sight(db: &impl ConnectionTrait, scope: &Scope, id: CohortId) -> Result<bool> {
    Ok(!by_ids(db, scope, &[id]).await?.is_empty())
}

/// The cohort, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: CohortId) -> Result<Option<cohort::Model>> {
    Ok(cohort::Entity::within(scope).filter(cohort::Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

const BY_NAME: By<cohort::Entity, String> = Order {
    name: "cohort.name",
    columns: (cohort::Column::Name, cohort::Column::Id),
    key: |row: &cohort::Model| (row.name.clone(), row.id.0),
    descending: false,
};

listed!(cohort::Model, BY_NAME);

/// One page of the cohorts in sight, by name.
pub(super) async fn page(db: &impl ConnectionTrait, scope: &Scope, args: &PageArgs) -> Result<Rows<cohort::Model>> {
    page::rows(db, cohort::Entity::within(scope), &BY_NAME, args).await
}

/// The schools in cohorts, in sight, with these ids.
pub(super) async fn schools_by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[SchoolCohortId],
) -> Result<Vec<cohort_school::Model>> {
    let these = cohort_school::Column::Id.is_in(ids.iter().copied());
    Ok(cohort_school::Entity::within(scope).filter(these).all(db).await?)
}

/// The schools in sight of `cohorts`, in the order in which they joined.
pub(super) async fn schools_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    cohorts: &[CohortId],
) -> Result<Vec<cohort_school::Model>> {
    let of_them = cohort_school::Column::CohortId.is_in(cohorts.iter().copied());
    let rows = cohort_school::Entity::within(scope).filter(of_them);
    Ok(rows.order_by_asc(cohort_school::Column::Id).all(db).await?)
}

/// `schools` in the cohorts in sight, oldest first.
pub(super) async fn of_schools(
    db: &impl ConnectionTrait,
    scope: &Scope,
    schools: &[SchoolId],
) -> Result<Vec<cohort_school::Model>> {
    let of_them = cohort_school::Column::SchoolId.is_in(schools.iter().copied());
    let rows = cohort_school::Entity::within(scope).filter(of_them);
    Ok(rows.order_by_asc(cohort_school::Column::Id).all(db).await?)
}

/// Inserts a cohort.
pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: cohort::Model) -> Result<cohort::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken_or_id("name", NAME_TAKEN))
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: cohort::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<cohort::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    row.update(db).await.map_err(taken("name", NAME_TAKEN))
}

/// Puts a school into a cohort.
pub(super) async fn insert_school(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: cohort_school::Model,
) -> Result<cohort_school::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("school", ALREADY_IN))
}

/// Stores on which days a school is in a cohort.
pub(super) async fn set_days(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: cohort_school::Model,
    (joined_on, left_on): (NaiveDate, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<cohort_school::Model> {
    let version = row.version;
    let mut row = row.into_active_model();
    row.joined_on = Set(joined_on);
    row.left_on = Set(left_on);
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}
