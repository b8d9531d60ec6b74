//! Following messages.

use std::time::Duration;

use async_graphql::{Context, ID, Object, Subscription};
use chrono::TimeDelta;
use glans_entity::engagement::message;
use glans_entity::ids::{MessageId, ThreadId};

use super::types::Message;
use super::{actions, post, store};
use crate::call::{Call, Events, Follow};
use crate::platform::error::{Code, Error, Result, coded};
use crate::platform::following::{Position, Recent, must_be_kept};
use crate::platform::page;

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
    ) -> Result<Events<MessageReceived>> {
        let call = Call::of(ctx);
        let thread = thread.as_ref().map(actions::thread_id);
        let topic = match thread {
            Some(thread) => {
                call.signed_in()?;
                thread.to_string()
            }
            None => post::topic(call.person()?.account),
        };
        let recent = Recent::begin(call.now(), LATE);
        Call::follow(ctx, topic, after, Following { thread, recent, quiet: Duration::MAX }).await
    }
}

fn unknown() -> Error {
    coded(Code::NotFound, "There is no such thread.")
}

/// A thread or all of them, and what was told of it.
struct Following {
    thread: Option<ThreadId>,
    /// By when each came to be seen.
    recent: Recent,
    /// Until the next held message arrives.
    quiet: Duration,
}

#[async_trait::async_trait]
impl Follow for Following {
    type Found = message::Model;
    type Event = MessageReceived;

    async fn begin(&mut self, call: &Call, after: Option<&str>) -> Result<MessageReceived> {
        let now = call.now();
        self.must_be_in_sight(call).await?;
        match after {
            // What was there already is not told: only what comes late of the last moments is.
            None => {
                let (db, scope) = (call.read().await?, call.scope());
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
        self.event(None)
    }

    async fn look(&mut self, call: &Call) -> Result<Vec<message::Model>> {
        let now = call.now();
        self.must_be_in_sight(call).await?;
        let (db, scope) = (call.read().await?, call.scope());
        let told: Vec<MessageId> = self.recent.told().into_iter().map(MessageId).collect();
        let from = self.recent.horizon();
        let found = store::seen_since(&*db, &scope, now, self.thread, from, &told, AHEAD).await?;
        if found.is_empty() {
            let next = store::next_arrival(&*db, &scope, now, self.thread).await?;
            self.quiet = next.and_then(|next| (next - now).to_std().ok()).unwrap_or(Duration::MAX);
        }
        Ok(found)
    }

    fn tell(&mut self, call: &Call, row: message::Model) -> Result<MessageReceived> {
        self.recent.tells(store::seen_at(&call.scope(), &row), row.id.0);
        self.event(Some(row))
    }

    fn quiet(&self) -> Duration {
        self.quiet
    }
}

impl Following {
    fn order(&self) -> String {
        self.thread.map_or_else(|| "messages".to_owned(), |thread| format!("messages.{thread}"))
    }

    fn event(&self, row: Option<message::Model>) -> Result<MessageReceived> {
        Ok(MessageReceived { cursor: page::mark(&self.order(), &self.recent.position())?, row })
    }

    /// The thread is still there for the viewer.
    async fn must_be_in_sight(&self, call: &Call) -> Result<()> {
        let Some(thread) = self.thread else { return Ok(()) };
        let (db, scope) = (call.read().await?, call.scope());
        let found = store::by_ids(&*db, &scope, call.now(), &[thread]).await?;
        if found.is_empty() { Err(unknown()) } else { Ok(()) }
    }
}
