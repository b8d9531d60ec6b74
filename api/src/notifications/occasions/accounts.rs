//! Roles, sign-ins, passwords and addresses.

use glans_entity::ids::{AccountId, MembershipId, PersonId, SessionId};
use glans_entity::notifications::Category;
use glans_entity::people::{membership, person};
use glans_entity::scope::Scoped;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

/// To who has a role now.
pub(super) async fn granted(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let (id, everywhere) = (fact.id::<MembershipId>()?, fact.everywhere());
    let row = membership::Entity::within(&everywhere)
        .filter(membership::Column::Id.eq(id))
        .filter(membership::Column::EndedAt.is_null())
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(Told::nothing()) };
    let own = Condition::all().add(person::Column::Id.eq(row.person_id));
    let to = people::but(people::colleagues(&everywhere, own), fact.by());
    Ok(Told::telling([Notice::new(Text::RoleGranted, Category::Security, (MembershipId::PREFIX, id.0), to)]))
}

pub(super) fn revoked(fact: Fact<'_>) -> Result<Told> {
    Ok(Told::nothing().taking_back(fact.id::<MembershipId>()?.0))
}

/// Also to who did it: it may have been somebody else with their password.
pub(super) fn password_changed(fact: Fact<'_>) -> Result<Told> {
    let to = people::oneself(&fact.everywhere(), fact.named::<PersonId>("person")?);
    let about = (AccountId::PREFIX, fact.id::<AccountId>()?.0);
    Ok(Told::telling([Notice::new(Text::PasswordChanged, Category::Security, about, to)]))
}

/// To the account on its other devices: whoever signed in on this one knows.
pub(super) fn signed_in(fact: Fact<'_>) -> Result<Told> {
    let to = people::oneself(&fact.everywhere(), fact.named::<PersonId>("person")?);
    let about = (SessionId::PREFIX, fact.id::<SessionId>()?.0);
    Ok(Told::telling([Notice::new(Text::SignedIn, Category::Security, about, to).at(fact.at())]))
}

/// To the person whose address another changed.
pub(super) fn email_changed(fact: Fact<'_>) -> Result<Told> {
    let id: PersonId = fact.id()?;
    let to = people::but(people::oneself(&fact.everywhere(), id), fact.by());
    Ok(Told::telling([Notice::new(Text::EmailChanged, Category::Security, (PersonId::PREFIX, id.0), to)]))
}
