//! Batches: what several objects of one answer ask for, fetched together. Made for one request, in its scope.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};

use crate::call::Call;
use crate::platform::error::{Error, Result};
use crate::platform::opaque::Boxed;
use crate::turns::{AtOnce, Turns};

/// The batches of one request. Each slice says in its `loaders.rs` what can be asked of it.
pub struct Batch {
    pub call: Arc<Call>,
}

/// The loader that requests carry.
pub type Loaders = DataLoader<Batch, HashMapCache>;

/// A loader for the request `call`, whose batches are read in `turns` with it.
pub fn of(call: Arc<Call>, turns: Turns) -> Loaders {
    DataLoader::with_cache(Batch { call }, turns, AtOnce, HashMapCache::default())
}

/// The loader that this resolver may ask.
pub fn in_context<'c>(ctx: &Context<'c>) -> &'c Loaders {
    ctx.data_unchecked::<Loaders>()
}

/// What belongs to `key`; none when there is nothing or the viewer may not see it.
pub fn one<'a, K>(ctx: &'a Context<'_>, key: K) -> Boxed<'a, Result<Option<<Batch as Loader<K>>::Value>>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Batch: Loader<K, Error = BatchError>,
{
    Box::pin(async move { in_context(ctx).load_one(key).await.map_err(failed) })
}

/// What belongs to each of `keys`.
pub fn many<'a, K>(ctx: &'a Context<'_>, keys: Vec<K>) -> Boxed<'a, Result<HashMap<K, <Batch as Loader<K>>::Value>>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Batch: Loader<K, Error = BatchError>,
{
    Box::pin(async move { in_context(ctx).load_many(keys).await.map_err(failed) })
}

fn failed(error: BatchError) -> Error {
    if matches!(*error.0, Error::Held) {
        Error::Held
    } else if matches!(*error.0, Error::Slow) {
        Error::Slow
    } else {
        Error::fault(error)
    }
}

/// What must belong to `key`, because who sees the object that asks sees this as well.
pub fn present<'a, K>(ctx: &'a Context<'_>, key: K) -> Boxed<'a, Result<<Batch as Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Batch: Loader<K, Error = BatchError>,
{
    Box::pin(async move {
        one(ctx, key).await?.ok_or_else(|| Error::fault("what an object in sight needs is out of sight"))
    })
}

/// The list that belongs to `key`, shaped into nodes.
pub async fn list<K, M, N>(ctx: &Context<'_>, key: K, node: impl FnMut(M) -> N) -> Result<Vec<N>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Batch: Loader<K, Value = Vec<M>, Error = BatchError>,
{
    Ok(one(ctx, key).await?.unwrap_or_default().into_iter().map(node).collect())
}

/// Rows under the key that each belongs to, in the order in which they came.
pub fn group<K: Hash + Eq, M>(rows: Vec<M>, key: impl Fn(&M) -> K) -> HashMap<K, Vec<M>> {
    let mut groups: HashMap<K, Vec<M>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
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

/// For the log: the causes of what failed as well.
impl std::fmt::Display for BatchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&self.0, f)
    }
}
