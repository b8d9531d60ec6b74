//! The SQL of memberships.

use glans_entity::ids::{BoardId, MembershipId, PersonId};
use glans_entity::people::membership::{ActiveModel, Column, Entity, Model};
use glans_entity::people::{Role, person};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use crate::access::Permit;
use crate::call::Write;
use crate::people::rights::covers;
use crate::platform::error::Result;
use crate::platform::own_id::taken_or_id;

/// The memberships in sight that count on the day of the scope.
pub fn live(scope: &Scope) -> Select<Entity> {
    Entity::within(scope).filter(Column::EndedAt.is_null()).filter(covers(Column::StartsOn, Column::EndsOn, scope.on))
}

/// The memberships in sight with these ids that count today.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[MembershipId]) -> Result<Vec<Model>> {
    Ok(live(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The memberships in sight of `persons` that count today, oldest first.
pub async fn of_persons(db: &impl ConnectionTrait, scope: &Scope, persons: &[PersonId]) -> Result<Vec<Model>> {
    let of_them = Column::PersonId.is_in(persons.iter().copied());
    Ok(live(scope).filter(of_them).order_by_asc(Column::Id).all(db).await?)
}

/// The memberships in sight with one of `roles` in one of `scopes` that count today.
pub async fn in_scopes(
    db: &impl ConnectionTrait,
    scope: &Scope,
    scopes: &[Uuid],
    roles: &[Role],
) -> Result<Vec<Model>> {
    Ok(live(scope)
        .filter(Column::ScopeId.is_in(scopes.iter().copied()))
        .filter(Column::Role.is_in(roles.iter().copied()))
        .all(db)
        .await?)
}

/// Whether somebody other than `leaving` administers `board` on the day of the scope, and can sign in to do it.
pub(super) async fn is_administered_without(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: BoardId,
    leaving: PersonId,
) -> Result<bool> {
    let administrators = live(scope)
        .select_only()
        .column(Column::PersonId)
        .filter(Column::BoardId.eq(board))
        .filter(Column::Role.eq(Role::BoardAdmin));
    let other = person::Entity::within(scope)
        .filter(person::Column::Id.in_subquery(administrators.into_query()))
        .filter(person::Column::Id.ne(leaving))
        .filter(person::Column::AccountId.is_not_null())
        .filter(person::Column::ArchivedAt.is_null())
        .filter(person::Column::ErasedAt.is_null());
    Ok(other.one(db).await?.is_some())
}

/// The memberships in sight of `persons` that are not over on the day of the scope, those that begin later among them.
pub async fn not_ended(db: &impl ConnectionTrait, scope: &Scope, persons: &[PersonId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope)
        .filter(Column::PersonId.is_in(persons.iter().copied()))
        .filter(Column::EndedAt.is_null())
        .filter(Column::EndsOn.is_null().or(Column::EndsOn.gte(scope.on)))
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// Inserts a membership.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    let once = taken_or_id("role", "This person has this role here already.");
    row.into_active_model().reset_all().insert(db).await.map_err(once)
}

/// Ends all memberships of `person`.
pub async fn end_all(write: &Write<'_>, _permit: &Permit, person: PersonId) -> Result<()> {
    let ended = ActiveModel { ended_at: Set(Some(write.now())), updated_at: Set(write.now()), ..Default::default() };
    Entity::update_many()
        .set(ended)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::PersonId.eq(person))
        .filter(Column::EndedAt.is_null())
        .exec(write.db())
        .await?;
    Ok(())
}
