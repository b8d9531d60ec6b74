//! The SQL of purposes and consents.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{consent, consent_purpose};
use glans_entity::ids::{BoardId, ConsentId, ConsentPurposeId, SchoolId, StudentId};
use glans_entity::organisation::school_year;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::access::Permit;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;

/// The purposes in sight with these ids.
pub(super) async fn purposes(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[ConsentPurposeId],
) -> Result<Vec<consent_purpose::Model>> {
    let of_them = consent_purpose::Column::Id.is_in(ids.iter().copied());
    Ok(consent_purpose::Entity::within(scope).filter(of_them).all(db).await?)
}

/// The purpose, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock_purpose(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: ConsentPurposeId,
) -> Result<Option<consent_purpose::Model>> {
    let purpose = consent_purpose::Entity::within(scope).filter(consent_purpose::Column::Id.eq(id));
    Ok(purpose.lock_exclusive().one(db).await?)
}

/// The purposes in sight of these schools, oldest first.
pub(super) async fn purposes_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    schools: &[SchoolId],
) -> Result<Vec<consent_purpose::Model>> {
    let of_them = consent_purpose::Column::SchoolId.is_in(schools.iter().copied());
    let rows = consent_purpose::Entity::within(scope).filter(of_them);
    Ok(rows.order_by_asc(consent_purpose::Column::Id).all(db).await?)
}

/// The school years of these boards that are on the day.
pub(super) async fn years(
    db: &impl ConnectionTrait,
    scope: &Scope,
    boards: &[BoardId],
    on: NaiveDate,
) -> Result<Vec<school_year::Model>> {
    let rows = school_year::Entity::within(scope)
        .filter(school_year::Column::BoardId.is_in(boards.iter().copied()))
        .filter(school_year::Column::StartsOn.lte(on))
        .filter(school_year::Column::EndsOn.gte(on));
    Ok(rows.order_by_asc(school_year::Column::StartsOn).all(db).await?)
}

/// The consents in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[ConsentId]) -> Result<Vec<consent::Model>> {
    Ok(consent::Entity::within(scope).filter(consent::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The consents in sight for these students, oldest first.
pub(super) async fn of_students(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<Vec<consent::Model>> {
    let rows = consent::Entity::within(scope).filter(consent::Column::StudentId.is_in(students.iter().copied()));
    Ok(rows.order_by_asc(consent::Column::AnsweredAt).order_by_asc(consent::Column::Id).all(db).await?)
}

/// Inserts a purpose.
pub(super) async fn insert_purpose(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: consent_purpose::Model,
) -> Result<consent_purpose::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update_purpose(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: consent_purpose::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<consent_purpose::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Adds an answer.
pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: consent::Model) -> Result<consent::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}
