//! Audiences and own receipts, by the batch.

use std::collections::{HashMap, HashSet};

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{TargetKind, audience_target, recipient};
use glans_entity::ids::StudentId;
use glans_entity::scope::Scope;
use uuid::Uuid;

use super::{lookup, store};
use crate::access::{self, Action};
use crate::loaders::{Batch, BatchError, group};

/// The places that an item is for and is not for. Only for who sees the item as staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TargetsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<TargetsOf> for Batch {
    type Value = Vec<audience_target::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[TargetsOf]) -> Result<HashMap<TargetsOf, Vec<audience_target::Model>>, BatchError> {
        let items: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::targets_of(&*self.call.read().await?, &self.call.scope(), &items).await?;
        Ok(group(rows, |row| TargetsOf(row.item_id)))
    }
}

/// Whether the viewer may address all for whom an item is, as [`targets_since`](super::actions::targets_since) asks of who
/// writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MayAddress(pub Uuid);

#[async_trait::async_trait]
impl Loader<MayAddress> for Batch {
    type Value = ();
    type Error = BatchError;

    async fn load(&self, keys: &[MayAddress]) -> Result<HashMap<MayAddress, ()>, BatchError> {
        let standing = self.call.standing();
        // Who holds no role addresses nobody: a guardian who looks at a list has it without the places.
        if standing.actor.person().is_none_or(|person| person.held.is_empty()) {
            return Ok(HashMap::new());
        }
        let (db, on) = (self.call.read().await?, self.call.today());
        let items: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut rows = store::targets_of(&*db, &Scope::system(on), &items).await?;
        rows.retain(|row| !row.excluded);
        let named: HashSet<_> = rows.iter().map(|row| (row.kind, row.target_id)).collect();
        let found = lookup::found(&*db, on, &standing.scope, named.into_iter().collect()).await?;
        let may_address = |row: &audience_target::Model| {
            let kin = row.kind == TargetKind::Student && standing.scope.kin.contains(&StudentId(row.target_id));
            let site = found.get(&(row.kind, row.target_id)).filter(|_| !kin);
            site.is_some_and(|site| access::allows(&standing.actor, Action::FamiliesAddress, &site.place))
        };
        let items = group(rows, |row| MayAddress(row.item_id)).into_iter();
        Ok(items.filter(|(_, rows)| rows.iter().all(may_address)).map(|(key, _)| (key, ())).collect())
    }
}

/// The viewer's own rows of an item, one per child that is in sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnReceipt(pub Uuid);

#[async_trait::async_trait]
impl Loader<OwnReceipt> for Batch {
    type Value = Vec<recipient::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[OwnReceipt]) -> Result<HashMap<OwnReceipt, Vec<recipient::Model>>, BatchError> {
        let items: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::own(&*self.call.read().await?, &self.call.scope(), &items).await?;
        Ok(group(rows, |row| OwnReceipt(row.item_id)))
    }
}
