//! The SQL of team sessions.

use chrono::{DateTime, Utc};
use glans_entity::ids::{SchoolCohortId, TeamSessionId};
use glans_entity::practice::team_session::{ActiveModel, Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::access::Permit;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;

/// The sessions in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[TeamSessionId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The session, if it is in sight; nobody else changes it until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: TeamSessionId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// The sessions in sight of these schools, earliest first.
pub(super) async fn of_schools(
    db: &impl ConnectionTrait,
    scope: &Scope,
    schools: &[SchoolCohortId],
) -> Result<Vec<Model>> {
    let of_them = Column::CohortSchoolId.is_in(schools.iter().copied());
    let rows = Entity::within(scope).filter(of_them);
    Ok(rows.order_by_asc(Column::StartsAt).order_by_asc(Column::Id).all(db).await?)
}

/// Inserts a session.
pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}
