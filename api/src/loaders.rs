//! Batches: what several objects of one answer ask for, fetched together. Made for one request, in its scope.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache};
use async_graphql::runtime::{TokioSpawner, TokioTimer};

use crate::call::Call;

/// The batches of one request. Each slice says in its `loaders.rs` what can be asked of it.
pub struct Batch {
    pub call: Arc<Call>,
}

/// The loader that requests carry.
pub type Loaders = DataLoader<Batch, HashMapCache>;

/// A loader for the request `call`.
pub fn of(call: Arc<Call>) -> Loaders {
    DataLoader::with_cache(Batch { call }, TokioSpawner::current(), TokioTimer::default(), HashMapCache::default())
}

/// The loader that this resolver may ask.
pub fn in_context<'c>(ctx: &Context<'c>) -> &'c Loaders {
    ctx.data_unchecked::<Loaders>()
}

/// A failure that several waiters share.
#[derive(Clone, Debug)]
pub struct BatchError(pub Arc<crate::platform::error::Error>);

impl From<crate::platform::error::Error> for BatchError {
    fn from(error: crate::platform::error::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl std::error::Error for BatchError {}

impl std::fmt::Display for BatchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
