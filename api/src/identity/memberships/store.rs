//! Writing memberships.

use chrono::{DateTime, Utc};
use glans_entity::ids::{MembershipId, PersonId};
use glans_entity::people::membership::{Column, Entity, Model};
use glans_entity::people::{Role, ScopeKind};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::access::Permit;
use crate::platform::error::Result;

/// The membership, if it is in sight; nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: MembershipId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// The role of the person in the scope that was not taken, even if its last day has gone by. There is one at most.
pub async fn lock_held(
    db: &impl ConnectionTrait,
    person: PersonId,
    role: Role,
    scope_id: Uuid,
) -> Result<Option<Model>> {
    let everything = Scope { system: true, ..Scope::default() };
    Ok(Entity::within(&everything)
        .filter(Column::PersonId.eq(person))
        .filter(Column::Role.eq(role))
        .filter(Column::ScopeId.eq(scope_id))
        .filter(Column::EndedAt.is_null())
        .lock_exclusive()
        .one(db)
        .await?)
}

/// The roles in cohorts that the person has as a trainer. A person belongs to one board.
pub async fn trained(db: &impl ConnectionTrait, scope: &Scope, person: PersonId) -> Result<Vec<Model>> {
    Ok(Entity::within(scope)
        .filter(Column::PersonId.eq(person))
        .filter(Column::Role.eq(Role::Trainer))
        .filter(Column::ScopeKind.eq(ScopeKind::Cohort))
        .filter(Column::EndedAt.is_null())
        .lock_exclusive()
        .all(db)
        .await?)
}

/// Ends a membership and returns it as it is then.
pub async fn end(db: &impl ConnectionTrait, _permit: &Permit, held: Model, now: DateTime<Utc>) -> Result<Model> {
    let version = held.version;
    let mut row = held.into_active_model();
    row.ended_at = Set(Some(now));
    row.updated_at = Set(now);
    row.version = Set(version + 1);
    Ok(row.update(db).await?)
}
