//! Following messages.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::futures_util::stream::{self, Stream};
use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::engagement::message;
use glans_entity::ids::{MessageId, ThreadId};

use super::types::Message;
use super::{actions, post, store};
use crate::call::Call;
use crate::loaders;
use crate::platform::bus::Wakes;
use crate::platform::error::{Code, Error, Result, coded};
use crate::platform::following::{Position, Recent, Rests, must_be_kept};
use crate::platform::page;

/// Messages are looked for after this long, in case that a wake-up call was lost.
const LOOK_AGAIN: Duration = Duration::from_secs(20);
/// What was read longer ago, for a client that takes slowly, is read again under the rights of then.
const FRESH: TimeDelta = TimeDelta::seconds(2);
/// A message is committed this long after its time at most: so far back is looked for what came late.
const LATE: TimeDelta = TimeDelta::seconds(15);
/// Messages that are read at once.
const AHEAD: u64 = 100;

/// A message, and where to go on after a lost connection.
pub struct MessageReceived {
    cursor: String,
    row: Option<message::Model>,
}

/// A message that the viewer came to see: one of others when it arrived, an own one, perhaps of another phone, when it was
/// sent.
#[Object]
impl MessageReceived {
    /// Opaque. Give the last one as `after` when you follow again: what came meanwhile is told first.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The message; null in the first event, which says that following has begun.
    async fn message(&self) -> Option<Message> {
        self.row.clone().map(Message)
    }
}

/// The root fields that follow messages.
#[derive(Default)]
pub struct MessageSubscription;

#[Subscription]
impl MessageSubscription {
    /// The messages that the viewer comes to see: first an event without one, then one for each, in the order in which they
    /// come within a thread. A message that is held is told when it arrives. What the viewer may not read any more is not
    /// told: `NOT_FOUND` when that is the thread itself.
    async fn message_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a thread; all in which the viewer takes part when absent.")] thread: Option<ID>,
        #[graphql(
            desc = "The cursor of the last event that arrived: what came since is told first. `RESYNC_REQUIRED` when it is \
                    older than seven days: read the threads anew."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = async_graphql::Result<MessageReceived>> + use<>> {
        let call = Call::shared(ctx);
        let thread = thread.as_ref().map(actions::thread_id);
        let topic = match thread {
            Some(thread) => {
                call.signed_in()?;
                thread.to_string()
            }
            None => post::topic(call.person()?.account),
        };
        // Every event is of its own moment: what was read for one must not stand in the next.
        loaders::in_context(ctx).enable_all_cache(false);
        let wakes = call.app().bus.subscribe(topic);
        let following = Box::pin(Following::begin(call, thread, wakes, after)).await?;
        Ok(stream::unfold(Some(following), async |following| following?.next().await))
    }
}

fn unknown() -> Error {
    coded(Code::NotFound, "There is no such thread.")
}

/// A thread or all of them, and what was told of it.
struct Following {
    call: Arc<Call>,
    thread: Option<ThreadId>,
    wakes: Wakes,
    /// By when each came to be seen.
    recent: Recent,
    begun: bool,
    ahead: VecDeque<message::Model>,
    /// When `ahead` was.
    read_at: DateTime<Utc>,
    /// How long nothing arrives that is known of.
    quiet: Duration,
    rests: Rests,
}

impl Following {
    /// Waits for a database that cannot be asked just now.
    async fn begin(call: Arc<Call>, thread: Option<ThreadId>, wakes: Wakes, after: Option<String>) -> Result<Self> {
        let now = call.now();
        let mut following = Self {
            call,
            thread,
            wakes,
            recent: Recent::begin(now, LATE),
            begun: false,
            ahead: VecDeque::new(),
            read_at: now,
            quiet: LOOK_AGAIN,
            rests: Rests::default(),
        };
        loop {
            let placed = following.place(after.as_deref()).await;
            if following.call.heed(&mut following.rests, placed).await?.is_some() {
                return Ok(following);
            }
        }
    }

    /// Goes to where it begins.
    async fn place(&mut self, after: Option<&str>) -> Result<()> {
        let now = self.call.now();
        self.must_be_in_sight().await?;
        match after {
            // What was there already is not told: only what comes late of the last moments is.
            None => {
                let (db, scope) = (self.call.read().await?, self.call.scope());
                self.recent = Recent::begin(now, LATE);
                let from = self.recent.horizon();
                for row in store::seen_since(&*db, &scope, now, self.thread, from, &[], 10 * AHEAD).await? {
                    self.recent.knows(store::seen_at(&scope, &row), row.id.0);
                }
            }
            Some(after) => {
                let position: Position = page::position(after, &self.order())?;
                must_be_kept(position.0, now, "the threads")?;
                self.recent = Recent::resume(position, LATE);
            }
        }
        Ok(())
    }

    fn order(&self) -> String {
        self.thread.map_or_else(|| "messages".to_owned(), |thread| format!("messages.{thread}"))
    }

    fn cursor(&self) -> Result<String> {
        page::mark(&self.order(), &self.recent.position())
    }

    /// The next that is to be told; nothing follows an error. A database that cannot be asked just now is none.
    async fn next(mut self) -> Option<(async_graphql::Result<MessageReceived>, Option<Self>)> {
        match self.tell().await {
            Ok(told) => Some((Ok(told), Some(self))),
            Err(error) => Some((Err(error.into()), None)),
        }
    }

    /// Reads on, where nothing fresh lies ahead; whether there is nothing more yet.
    async fn look(&mut self) -> Result<bool> {
        let now = self.call.now();
        if !self.ahead.is_empty() && now < self.read_at + FRESH {
            return Ok(false);
        }
        self.must_be_in_sight().await?;
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let told: Vec<MessageId> = self.recent.told().into_iter().map(MessageId).collect();
        let from = self.recent.horizon();
        self.ahead = store::seen_since(&*db, &scope, now, self.thread, from, &told, AHEAD).await?.into();
        // Not before: what could not be read again is no fresher.
        self.read_at = now;
        if self.ahead.is_empty() {
            let next = store::next_arrival(&*db, &scope, now, self.thread).await?;
            let quiet = next.and_then(|next| (next - now).to_std().ok()).unwrap_or(LOOK_AGAIN);
            self.quiet = quiet.min(LOOK_AGAIN);
            drop(db);
            // Whoever waits gives the snapshot back.
            self.call.look_again().await;
        }
        Ok(self.ahead.is_empty())
    }

    async fn tell(&mut self) -> Result<MessageReceived> {
        if !self.begun {
            self.begun = true;
            return Ok(MessageReceived { cursor: self.cursor()?, row: None });
        }
        // In a box that lasts as long as it takes: who waits for hours keeps no room for reading.
        loop {
            let looked = Box::pin(self.look()).await;
            match self.call.heed(&mut self.rests, looked).await? {
                Some(true) => {
                    let _ = tokio::time::timeout(self.quiet, self.wakes.next()).await;
                }
                Some(false) => break,
                None => {}
            }
        }
        let row = self.ahead.pop_front().ok_or_else(|| Error::fault("a list that is not empty has a first"))?;
        self.recent.tells(store::seen_at(&self.call.scope(), &row), row.id.0);
        Ok(MessageReceived { cursor: self.cursor()?, row: Some(row) })
    }

    /// A new snapshot, in which the thread is still there for the viewer.
    async fn must_be_in_sight(&self) -> Result<()> {
        self.call.stand_anew().await?;
        let Some(thread) = self.thread else { return Ok(()) };
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let found = store::by_ids(&*db, &scope, self.call.now(), &[thread]).await?;
        if found.is_empty() { Err(unknown()) } else { Ok(()) }
    }
}
