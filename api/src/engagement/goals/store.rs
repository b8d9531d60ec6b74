//! The SQL of goals.

use chrono::{DateTime, Utc};
use glans_entity::engagement::goal::{Column, Entity, Model};
use glans_entity::engagement::goal_agreement;
use glans_entity::ids::{GoalId, PartnershipId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::access::Permit;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;

/// The goals in sight with these ids.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[GoalId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The goals in sight of these partnerships, oldest first.
pub(super) async fn of_partnerships(
    db: &impl ConnectionTrait,
    scope: &Scope,
    partnerships: &[PartnershipId],
) -> Result<Vec<Model>> {
    let rows = Entity::within(scope).filter(Column::PartnershipId.is_in(partnerships.iter().copied()));
    Ok(rows.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(db).await?)
}

pub async fn count(db: &impl ConnectionTrait, scope: &Scope, partnership: PartnershipId) -> Result<u64> {
    Ok(Entity::within(scope).filter(Column::PartnershipId.eq(partnership)).count(db).await?)
}

/// Who agrees to these goals, as far as it is in sight.
pub(super) async fn agreements_to(
    db: &impl ConnectionTrait,
    scope: &Scope,
    goals: &[GoalId],
) -> Result<Vec<goal_agreement::Model>> {
    let rows = goal_agreement::Entity::within(scope)
        .filter(goal_agreement::Column::GoalId.is_in(goals.iter().copied()))
        .order_by_asc(goal_agreement::Column::AgreedAt);
    Ok(rows.all(db).await?)
}

/// The goal, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: GoalId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// Inserts a goal.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Writes down that somebody agrees. Who did already, did.
pub async fn agree(db: &impl ConnectionTrait, _permit: &Permit, row: goal_agreement::Model) -> Result<bool> {
    use goal_agreement::Column as Agreement;
    let keep = OnConflict::columns([Agreement::GoalId, Agreement::PersonId]).do_nothing().to_owned();
    let row = row.into_active_model().reset_all();
    Ok(goal_agreement::Entity::insert(row).on_conflict(keep).exec_without_returning(db).await? > 0)
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
