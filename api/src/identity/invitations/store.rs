//! The SQL of invitations, and of what accepting one changes.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::identity::invitation::{Column, Entity, Model};
use glans_entity::ids::{AccountId, BoardId, GuardianshipId, InvitationId, PersonId};
use glans_entity::people::{GuardianshipStatus, guardianship, membership, person};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::rules::Standing;
use crate::access::Permit;
use crate::platform::error::{Result, taken};

/// The guardianship, if it is in sight.
pub async fn guardianship(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: GuardianshipId,
) -> Result<Option<guardianship::Model>> {
    Ok(guardianship::Entity::within(scope).filter(guardianship::Column::Id.eq(id)).one(db).await?)
}

pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    Ok(row.into_active_model().reset_all().insert(db).await?)
}

/// Ends the open invitations of a person: a new one makes lost paper worthless, and a new role is nothing that an earlier
/// inviter may hand over.
pub(in crate::identity) async fn revoke_open(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::PersonId.eq(person))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Takes one of the tries of an open invitation before its secret is looked at: of many guesses at once no more are
/// looked at than there are tries. The same two statements whether there is such an invitation or not.
pub async fn take_try(db: &impl ConnectionTrait, lookup: &str, now: DateTime<Utc>) -> Result<Option<Model>> {
    let taken = Entity::update_many()
        .col_expr(Column::TriesLeft, Expr::col(Column::TriesLeft).sub(1))
        .filter(open(now).add(Column::Lookup.eq(lookup)))
        .exec(db)
        .await?;
    let everything = Scope { system: true, ..Scope::default() };
    let row = Entity::within(&everything).filter(Column::Lookup.eq(lookup)).one(db).await?;
    Ok(row.filter(|_| taken.rows_affected > 0))
}

/// The secret was right, or not looked at: the try does not count.
pub async fn give_back_try(db: &impl ConnectionTrait, id: InvitationId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::TriesLeft, Expr::col(Column::TriesLeft).add(1))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// An invitation whose secret may be tried.
fn open(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Column::AcceptedAt.is_null())
        .add(Column::RevokedAt.is_null())
        .add(Column::TriesLeft.gt(0))
        .add(Column::ExpiresAt.gt(now))
}

/// Uses up an invitation; false when somebody else did so just now.
pub async fn accept(db: &impl ConnectionTrait, _permit: &Permit, id: InvitationId, now: DateTime<Utc>) -> Result<bool> {
    let accepted = Entity::update_many()
        .col_expr(Column::AcceptedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(accepted.rows_affected > 0)
}

/// Who is invited, wherever they are.
pub async fn person(db: &impl ConnectionTrait, id: PersonId) -> Result<Option<person::Model>> {
    let everything = Scope { system: true, ..Scope::default() };
    Ok(person::Entity::within(&everything).filter(person::Column::Id.eq(id)).one(db).await?)
}

/// What the person is in the board, in and out of sight.
pub async fn standing(db: &impl ConnectionTrait, person: PersonId) -> Result<Standing> {
    let everything = Scope { system: true, ..Scope::default() };
    let memberships = membership::Entity::within(&everything)
        .filter(membership::Column::PersonId.eq(person))
        .filter(membership::Column::EndedAt.is_null());
    let guardianships = guardianship::Entity::within(&everything).filter(guardianship::Column::GuardianId.eq(person));
    Ok(Standing { memberships: memberships.all(db).await?, guardianships: guardianships.all(db).await? })
}

/// Gives a person their account; false when they have another one.
pub async fn link(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    id: PersonId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<bool> {
    use person::Column;
    let free = Condition::any().add(Column::AccountId.is_null()).add(Column::AccountId.eq(account));
    let message =
        "Your account belongs to another person of this board already. Ask an administrator to make them one.";
    let linked = person::Entity::update_many()
        .col_expr(Column::AccountId, Expr::value(account))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(free)
        .exec(db)
        .await
        .map_err(taken("", message))?;
    Ok(linked.rows_affected > 0)
}

/// The guardianship that an invitation was for becomes active, if it was waiting for that.
pub async fn activate(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    id: GuardianshipId,
    now: DateTime<Utc>,
) -> Result<()> {
    use guardianship::Column;
    guardianship::Entity::update_many()
        .col_expr(Column::Status, Expr::value(GuardianshipStatus::Active))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(GuardianshipStatus::Invited))
        .exec(db)
        .await?;
    Ok(())
}

/// The one person of a board with this address.
pub async fn person_by_email(db: &impl ConnectionTrait, board: BoardId, email: &str) -> Result<Option<person::Model>> {
    use person::Column;
    let everything = Scope { system: true, ..Scope::default() };
    let known = person::Entity::within(&everything).filter(Column::BoardId.eq(board)).filter(Column::Email.eq(email));
    Ok(known.filter(Column::ArchivedAt.is_null()).filter(Column::ErasedAt.is_null()).one(db).await?)
}

/// The invitation, whoever made it.
pub async fn by_id(db: &impl ConnectionTrait, id: InvitationId) -> Result<Option<Model>> {
    Ok(Entity::within(&Scope::system(NaiveDate::MIN)).filter(Column::Id.eq(id)).one(db).await?)
}
