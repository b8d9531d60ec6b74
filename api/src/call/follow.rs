//! Following something: it is looked at, what is new is told, and the bus is waited for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Context;
use async_graphql::futures_util::StreamExt;
use async_graphql::futures_util::stream::{self, BoxStream};
use chrono::{DateTime, TimeDelta, Utc};

use super::Call;
use crate::loaders;
use crate::platform::bus::Wakes;
use crate::platform::error::Result;
use crate::platform::following::Rests;
use crate::platform::opaque::Boxed;

/// It is looked again after this long, in case that a wake-up call was lost.
const LOOK_AGAIN: Duration = Duration::from_secs(20);
/// What was read longer ago, for a client that takes slowly, is read again under the rights of then.
const FRESH: TimeDelta = TimeDelta::seconds(2);

/// What a root field that is followed answers with. Nothing comes after an error.
pub type Events<E> = BoxStream<'static, async_graphql::Result<E>>;

/// What is followed, and what was told of it.
#[async_trait::async_trait]
pub trait Follow: Send + 'static {
    /// What is told, as it is read.
    type Found: Send;
    /// And as the client hears it.
    type Event: Send + 'static;

    /// Goes to where it begins, and again if that could not be looked up; what is told first. Here and in [`look`](Self::look)
    /// the call stands in a new snapshot, under the rights of now.
    async fn begin(&mut self, call: &Call, after: Option<&str>) -> Result<Self::Event>;

    /// What was not told yet, first things first. The rest may come the next time.
    async fn look(&mut self, call: &Call) -> Result<Vec<Self::Found>>;

    /// The next that was found is told.
    fn tell(&mut self, call: &Call, found: Self::Found) -> Result<Self::Event>;

    /// How long nothing new is to be expected, where nobody calls.
    fn quiet(&self) -> Duration {
        Duration::MAX
    }

    /// Whether nothing new can come any more.
    fn is_over(&self) -> bool {
        false
    }
}

impl Call {
    /// Tells what `followed` finds, whenever `topic` is woken. A database that cannot be asked just now is waited for.
    ///
    /// # Errors
    /// What is refused before anything is followed.
    pub fn follow<F: Follow>(
        ctx: &Context<'_>,
        topic: String,
        after: Option<String>,
        followed: F,
    ) -> Boxed<'static, Result<Events<F::Event>>> {
        // Every event is of its own moment: what was read for one must not stand in the next.
        loaders::in_context(ctx).enable_all_cache(false);
        let call = Self::shared(ctx);
        let (wakes, read_at) = (call.app.bus.subscribe(topic), call.now());
        let pursuit = Pursuit { call, followed, wakes, ahead: VecDeque::new(), read_at, rests: Rests::default() };
        Box::pin(pursuit.begin(after))
    }
}

/// Somebody who follows.
struct Pursuit<F: Follow> {
    call: Arc<Call>,
    followed: F,
    wakes: Wakes,
    ahead: VecDeque<F::Found>,
    /// When `ahead` was.
    read_at: DateTime<Utc>,
    rests: Rests,
}

impl<F: Follow> Pursuit<F> {
    async fn begin(mut self, after: Option<String>) -> Result<Events<F::Event>> {
        loop {
            let begun = self.begun(after.as_deref()).await;
            if let Some(first) = self.heed(begun).await? {
                return Ok(stream::iter([Ok(first)]).chain(stream::try_unfold(self, Self::next)).boxed());
            }
        }
    }

    async fn begun(&mut self, after: Option<&str>) -> Result<F::Event> {
        self.call.stand_anew().await?;
        self.followed.begin(&self.call, after).await
    }

    /// The next event; none when it is over.
    async fn next(mut self) -> async_graphql::Result<Option<(F::Event, Self)>> {
        while !self.followed.is_over() {
            let looked = self.look().await;
            match self.heed(looked).await? {
                Some(Some(found)) => return Ok(Some((self.followed.tell(&self.call, found)?, self))),
                Some(None) => self.wait().await,
                None => {}
            }
        }
        Ok(None)
    }

    /// The first that lies ahead, if anything does.
    async fn look(&mut self) -> Result<Option<F::Found>> {
        let now = self.call.now();
        if self.ahead.is_empty() || now >= self.read_at + FRESH {
            self.call.stand_anew().await?;
            // In a box that lasts as long as it takes: who waits for hours keeps no room for reading.
            self.ahead = self.followed.look(&self.call).await?.into();
            // Not before: what could not be read again is no fresher.
            self.read_at = now;
        }
        if !self.ahead.is_empty() {
            // What an event is made of is read when it is told. Where that cannot be now, it is told later.
            self.call.read().await?;
        }
        Ok(self.ahead.pop_front())
    }

    /// As [`Rests::heed`].
    async fn heed<T>(&mut self, looked: Result<T>) -> Result<Option<T>> {
        if looked.is_err() {
            // Whoever rests gives the snapshot back, and a broken one is of no use.
            self.call.look_again().await;
        }
        self.rests.heed(looked).await
    }

    async fn wait(&mut self) {
        // Whoever waits gives the snapshot back.
        self.call.look_again().await;
        let _ = tokio::time::timeout(self.followed.quiet().min(LOOK_AGAIN), self.wakes.next()).await;
    }
}
