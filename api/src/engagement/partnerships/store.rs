//! The SQL of partnerships.

use chrono::{DateTime, Utc};
use glans_entity::engagement::partnership::{Column, Entity, Model};
use glans_entity::engagement::talk_choice;
use glans_entity::ids::{PartnershipId, SchoolYearId, StudentId};
use glans_entity::organisation::school_year;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use crate::access::Permit;
use crate::platform::error::Result;

/// The partnerships in sight with these ids.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[PartnershipId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// Those of `students` in one school year; in the years of the day where none is named.
pub async fn of_students(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
    year: Option<SchoolYearId>,
) -> Result<Vec<Model>> {
    let rows = Entity::within(scope).filter(Column::StudentId.is_in(students.iter().copied()));
    let rows = if let Some(year) = year {
        rows.filter(Column::SchoolYearId.eq(year))
    } else {
        let today = school_year::Entity::within(scope)
            .select_only()
            .column(school_year::Column::Id)
            .filter(school_year::Column::StartsOn.lte(scope.on))
            .filter(school_year::Column::EndsOn.gte(scope.on));
        rows.filter(Column::SchoolYearId.in_subquery(today.into_query()))
    };
    Ok(rows.order_by_asc(Column::Id).all(db).await?)
}

/// The partnership, if it is in sight; nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: PartnershipId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// Stores `changed` as the next version of the row that it was made from.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    changed: Model,
    now: DateTime<Utc>,
) -> Result<Model> {
    let next = Model { version: changed.version + 1, updated_at: now, ..changed };
    Ok(next.into_active_model().reset_all().update(db).await?)
}

/// What a guardian chose last, in place of what was chosen before.
pub(super) async fn choose(db: &impl ConnectionTrait, _permit: &Permit, row: talk_choice::Model) -> Result<()> {
    use talk_choice::Column as Choice;
    let replace = OnConflict::columns([Choice::StudentId, Choice::GuardianId])
        .update_columns([Choice::Apart, Choice::ChosenBy, Choice::ChosenAt])
        .to_owned();
    let row = row.into_active_model().reset_all();
    talk_choice::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

/// The choices in sight about `students`.
pub(super) async fn choices(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<Vec<talk_choice::Model>> {
    let rows = talk_choice::Entity::within(scope)
        .filter(talk_choice::Column::StudentId.is_in(students.iter().copied()))
        .order_by_asc(talk_choice::Column::GuardianId);
    Ok(rows.all(db).await?)
}
