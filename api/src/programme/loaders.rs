//! What programmes read once per request.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::Loader;
use glans_entity::ids::{MaterialId, ProgrammeVersionId};
use glans_entity::programme::MaterialState;

use super::shelf::Shelf;
use super::store;
use crate::loaders::{self, Batch, BatchError};
use crate::platform::error::{Error, Result};

/// The shelf of the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct OfViewer;

/// How far the viewer is with the materials of an edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct StatesIn(ProgrammeVersionId);

type States = Arc<HashMap<MaterialId, MaterialState>>;

/// The editions that the viewer of this request may read.
pub(super) async fn shelf(ctx: &Context<'_>) -> Result<Arc<Shelf>> {
    let shelf = loaders::one(ctx, OfViewer).await?;
    shelf.ok_or_else(|| Error::fault("the shelf of the viewer was not loaded"))
}

/// How far the viewer is with the materials of an edition. One statement serves all of an answer.
pub(super) async fn states(ctx: &Context<'_>, edition: ProgrammeVersionId) -> Result<Option<States>> {
    loaders::one(ctx, StatesIn(edition)).await
}

/// How far the viewer is with a material.
pub(super) async fn state(ctx: &Context<'_>, edition: ProgrammeVersionId, id: MaterialId) -> Result<MaterialState> {
    Ok(state_in(states(ctx, edition).await?.as_deref(), id))
}

/// As `states` say; NEW where they say nothing.
pub(super) fn state_in(states: Option<&HashMap<MaterialId, MaterialState>>, id: MaterialId) -> MaterialState {
    states.and_then(|states| states.get(&id).copied()).unwrap_or(MaterialState::New)
}

#[async_trait::async_trait]
impl Loader<OfViewer> for Batch {
    type Value = Arc<Shelf>;
    type Error = BatchError;

    async fn load(&self, keys: &[OfViewer]) -> Result<HashMap<OfViewer, Arc<Shelf>>, BatchError> {
        let sight = Arc::new(Shelf::of(&self.call, &*self.call.read().await?).await?);
        Ok(keys.iter().map(|key| (*key, Arc::clone(&sight))).collect())
    }
}

#[async_trait::async_trait]
impl Loader<StatesIn> for Batch {
    type Value = States;
    type Error = BatchError;

    async fn load(&self, keys: &[StatesIn]) -> Result<HashMap<StatesIn, States>, BatchError> {
        let scope = self.call.scope();
        if scope.account.is_none() {
            return Ok(HashMap::new());
        }
        let editions: Vec<ProgrammeVersionId> = keys.iter().map(|key| key.0).collect();
        let mut by_edition: HashMap<StatesIn, HashMap<MaterialId, MaterialState>> = HashMap::new();
        for (edition, material, state) in store::states(&*self.call.read().await?, &scope, &editions).await? {
            by_edition.entry(StatesIn(edition)).or_default().insert(material, state);
        }
        Ok(by_edition.into_iter().map(|(edition, states)| (edition, Arc::new(states))).collect())
    }
}
