//! Memberships and who holds them, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::ids::{GuardianshipId, MembershipId, PersonId};
use glans_entity::people::{Role, ScopeKind, guardianship, membership, person};
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::store;
use super::types::Membership;
use crate::access::Actor;
use crate::loaders::{Batch, BatchError, group};
use crate::people::guardianships::{self, Of};
use crate::people::{persons, students};

#[async_trait::async_trait]
impl Loader<MembershipId> for Batch {
    type Value = Membership;
    type Error = BatchError;

    async fn load(&self, ids: &[MembershipId]) -> Result<HashMap<MembershipId, Membership>, BatchError> {
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let rows = store::by_ids(&*db, &scope, ids).await?;
        let links: Vec<_> = ids.iter().map(|id| GuardianshipId(id.0)).collect();
        let links = guardianships::store::in_force(&*db, &scope, Of::Ids(&links)).await?;
        let mut found: Vec<Membership> = rows.into_iter().map(Membership::from).collect();
        found.extend(of_guardians(&*db, &scope, &links).await?);
        Ok(found.into_iter().map(|membership| (membership.id, membership)).collect())
    }
}

/// The memberships of a person that count today, oldest first; then those as a guardian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MembershipsOf(pub PersonId);

#[async_trait::async_trait]
impl Loader<MembershipsOf> for Batch {
    type Value = Vec<Membership>;
    type Error = BatchError;

    async fn load(&self, keys: &[MembershipsOf]) -> Result<HashMap<MembershipsOf, Vec<Membership>>, BatchError> {
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let persons: Vec<PersonId> = keys.iter().map(|of| of.0).collect();
        let rows = store::of_persons(&*db, &scope, &persons).await?;
        let links = guardianships::store::in_force(&*db, &scope, Of::Guardians(&persons)).await?;
        let standing = self.call.standing();
        let known = rows.into_iter().filter(|row| is_known(&standing.actor, row));
        let mut found: Vec<Membership> = known.map(Membership::from).collect();
        found.extend(of_guardians(&*db, &scope, &links).await?);
        Ok(group(found, |membership| MembershipsOf(membership.person)))
    }
}

/// Whether who asks may know of it. A role of their own that another server gave them a moment ago comes with the right to see
/// where it is held.
fn is_known(actor: &Actor, row: &membership::Model) -> bool {
    actor.person().is_none_or(|person| {
        let own = person.persons.iter().any(|(_, own)| *own == row.person_id);
        !own || person.held.iter().any(|held| held.id == row.id)
    })
}

/// What `links` are as memberships: each at the school of the child.
async fn of_guardians(
    db: &impl ConnectionTrait,
    scope: &Scope,
    links: &[guardianship::Model],
) -> Result<Vec<Membership>, BatchError> {
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let children: Vec<_> = links.iter().map(|link| link.student_id).collect();
    let children = students::store::by_ids(db, scope, &children).await?;
    let schools: HashMap<_, _> = children.into_iter().map(|child| (child.id, child.school_id)).collect();
    let at_school = |link: &guardianship::Model| {
        let school = schools.get(&link.student_id)?;
        Some(Membership::of_guardian(link, *school))
    };
    Ok(links.iter().filter_map(at_school).collect())
}

/// The persons with a role in a scope, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HoldersOf {
    pub role: Role,
    pub kind: ScopeKind,
    /// Of the board, cluster, school, class group or cohort that `kind` names. Apps make ids, so it may name others too.
    pub scope: Uuid,
}

#[async_trait::async_trait]
impl Loader<HoldersOf> for Batch {
    type Value = Vec<person::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[HoldersOf]) -> Result<HashMap<HoldersOf, Vec<person::Model>>, BatchError> {
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let scopes: Vec<Uuid> = keys.iter().map(|key| key.scope).collect();
        let mut roles: Vec<Role> = keys.iter().map(|key| key.role).collect();
        roles.sort_unstable();
        roles.dedup();
        let held = store::in_scopes(&*db, &scope, &scopes, &roles).await?;
        let ids: Vec<PersonId> = held.iter().map(|row| row.person_id).collect();
        let mut held = group(held, |row| row.person_id);
        let mut holders: HashMap<HoldersOf, Vec<person::Model>> = HashMap::new();
        // The persons come by name, so each list is by name as well.
        for person in persons::store::by_ids(&*db, &scope, &ids).await? {
            for row in held.remove(&person.id).unwrap_or_default() {
                let of = HoldersOf { role: row.role, kind: row.scope_kind, scope: row.scope_id };
                holders.entry(of).or_default().push(person.clone());
            }
        }
        Ok(holders)
    }
}
