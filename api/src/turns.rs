//! When the batches of a request are read: as soon as the request has nothing else to do.
//!
//! A batch that waits for a clock is read too early on a busy machine, so that a list of a hundred takes many statements
//! where it should take one, and too late on an idle one. Here the batches run in the task of the request itself, in
//! turns: first all resolvers go as far as they can and say what they need, then what they need is read.

use std::future::{Future, poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use async_graphql::Response;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::futures_util::future::BoxFuture;
use async_graphql::futures_util::task::{FutureObj, Spawn, SpawnError};
use async_graphql::runtime::Timer;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The batches of one request that are to be read.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<Vec<Task>>>);

impl Turns {
    /// Runs `request` and, whenever it waits, its batches.
    pub async fn take<T>(&self, request: impl Future<Output = T>) -> T {
        let mut request = pin!(request);
        let mut running = Vec::new();
        poll_fn(|cx| {
            loop {
                if let Poll::Ready(done) = request.as_mut().poll(cx) {
                    return Poll::Ready(done);
                }
                // One round at a time, so that what is asked for in the meantime is read together.
                if running.is_empty() {
                    running.append(&mut self.waiting());
                }
                if !advance(&mut running, cx) {
                    return Poll::Pending;
                }
            }
        })
        .await
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Task>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets each task go on; whether one of them came to its end.
fn advance(running: &mut Vec<Task>, cx: &mut Context<'_>) -> bool {
    let before = running.len();
    running.retain_mut(|task| task.as_mut().poll(cx).is_pending());
    running.len() < before
}

impl Spawn for Turns {
    fn spawn_obj(&self, future: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.waiting().push(Box::pin(future));
        Ok(())
    }
}

/// A batch has waited long enough when its turn comes.
pub struct AtOnce;

impl Timer for AtOnce {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(ready(()))
    }
}

/// Runs each operation with the batches of its request.
pub struct InTurns;

impl ExtensionFactory for InTurns {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for InTurns {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        match ctx.data_opt::<Turns>() {
            Some(turns) => turns.take(next.run(ctx, operation_name)).await,
            None => next.run(ctx, operation_name).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
    use async_graphql::futures_util::future::join_all;

    use super::*;

    struct Doubled(Arc<AtomicUsize>);

    #[async_trait::async_trait]
    impl Loader<usize> for Doubled {
        type Value = usize;
        type Error = std::convert::Infallible;

        async fn load(&self, keys: &[usize]) -> Result<HashMap<usize, usize>, Self::Error> {
            self.0.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(keys.iter().map(|key| (*key, key * 2)).collect())
        }
    }

    #[tokio::test]
    async fn what_a_list_asks_for_is_read_once_per_level() {
        let (turns, reads) = (Turns::default(), Arc::new(AtomicUsize::new(0)));
        let loader =
            DataLoader::with_cache(Doubled(Arc::clone(&reads)), turns.clone(), AtOnce, HashMapCache::default());
        let item = async |key: usize| {
            // A slow resolver: a batch by the clock would have been read before the last item asked.
            std::thread::sleep(Duration::from_millis(2));
            let doubled = loader.load_one(key).await.unwrap().unwrap();
            loader.load_one(doubled + 1000).await.unwrap().unwrap()
        };
        let found = turns.take(join_all((0..20).map(item))).await;
        assert_eq!(found, (0..20).map(|key| (key * 2 + 1000) * 2).collect::<Vec<_>>());
        assert_eq!(reads.load(Ordering::Relaxed), 2);
    }
}
