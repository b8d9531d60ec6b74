//! Roles, sign-ins, passwords and addresses.

use chrono::TimeDelta;
use glans_entity::ids::{AccountId, MembershipId, PersonId, SessionId};
use glans_entity::notifications::{Category, notification};
use glans_entity::people::{membership, person};
use glans_entity::scope::Scoped;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, PaginatorTrait, QueryFilter};

use super::fact::Fact;
use super::{Notice, Text, Told, people};
use crate::platform::error::Result;

/// Sign-ins of which a person is told within [`WHILE`], whatever name the devices say: it is free text, and somebody
/// else may give the same one, or another each time. The audit log has them all.
const TOLD: u64 = 3;
/// Within what time these are counted.
const WHILE: TimeDelta = TimeDelta::minutes(10);

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

/// To the account on its other devices: whoever signed in on this one knows. Of many at about one time the first few
/// are told.
pub(super) async fn signed_in(db: &impl ConnectionTrait, fact: Fact<'_>) -> Result<Told> {
    let (id, person) = (fact.id::<SessionId>()?, fact.named::<PersonId>("person")?);
    if is_one_of_many(db, fact, person).await? {
        return Ok(Told::nothing());
    }
    let to = people::oneself(&fact.everywhere(), person);
    let about = (SessionId::PREFIX, id.0);
    Ok(Told::telling([Notice::new(Text::SignedIn, Category::Security, about, to).at(fact.at())]))
}

/// Whether the person was told of enough sign-ins at about that time. Who tells of a board is alone with it, and of an
/// account one person is told: of two at once the second sees the first.
async fn is_one_of_many(db: &impl ConnectionTrait, fact: Fact<'_>, person: PersonId) -> Result<bool> {
    use notification::Column;
    let told = notification::Entity::within(&fact.everywhere())
        .filter(Column::PersonId.eq(person))
        .filter(Column::Text.eq(Text::SignedIn.key()))
        .filter(Column::OccurredAt.gt(fact.at() - WHILE))
        .filter(Column::OccurredAt.lt(fact.at() + WHILE));
    Ok(told.count(db).await? >= TOLD)
}

/// To the person whose address another changed.
pub(super) fn email_changed(fact: Fact<'_>) -> Result<Told> {
    let id: PersonId = fact.id()?;
    let to = people::but(people::oneself(&fact.everywhere(), id), fact.by());
    Ok(Told::telling([Notice::new(Text::EmailChanged, Category::Security, (PersonId::PREFIX, id.0), to)]))
}
