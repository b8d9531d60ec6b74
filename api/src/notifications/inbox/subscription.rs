//! Following the inbox.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::futures_util::stream::{self, Stream};
use async_graphql::{Context, Object, Subscription};
use chrono::TimeDelta;
use glans_entity::notifications::notification::Model;

use super::types::Notification;
use super::{store, topic};
use crate::call::Call;
use crate::loaders;
use crate::platform::bus::Wakes;
use crate::platform::error::{Error, Result};
use crate::platform::following::{Position, Recent, Rests, must_be_kept};
use crate::platform::page;

/// The inbox is looked into after this long, in case that a wake-up call was lost.
const LOOK_AGAIN: Duration = Duration::from_secs(20);
/// A notification is committed this long after its time at most: so far back is looked for what came late.
const LATE: TimeDelta = TimeDelta::seconds(60);
/// Notifications that are read at once.
const AHEAD: u64 = 100;
const ORDER: &str = "notifications.following";

/// A notification, and where to go on after a lost connection.
pub struct NotificationReceived {
    cursor: String,
    row: Option<Model>,
}

/// A notification that came into the inbox of the viewer.
#[Object]
impl NotificationReceived {
    /// Opaque. Give the last one as `after` when you follow again: what came meanwhile is told first.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The notification; null in the first event, which says that following has begun.
    async fn notification(&self) -> Option<Notification> {
        self.row.clone().map(Notification)
    }
}

/// The root fields that follow the inbox.
#[derive(Default)]
pub struct NotificationSubscription;

#[Subscription]
impl NotificationSubscription {
    /// What comes into the inbox of the viewer: first an event without a notification, then one for each as it comes.
    async fn notification_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The cursor of the last event that arrived: what came since is told first. `RESYNC_REQUIRED` when it is \
                    older than seven days: read the inbox anew."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = async_graphql::Result<NotificationReceived>> + use<>> {
        let call = Call::shared(ctx);
        let wakes = call.app().bus.subscribe(topic(call.person()?.account));
        // Every event is of its own moment: what was read for one must not stand in the next.
        loaders::in_context(ctx).enable_all_cache(false);
        let following = Box::pin(Following::begin(call, wakes, after)).await?;
        Ok(stream::unfold(Some(following), async |following| following?.next().await))
    }
}

struct Following {
    call: Arc<Call>,
    wakes: Wakes,
    recent: Recent,
    begun: bool,
    ahead: VecDeque<Model>,
    rests: Rests,
}

impl Following {
    /// Waits for a database that cannot be asked just now.
    async fn begin(call: Arc<Call>, wakes: Wakes, after: Option<String>) -> Result<Self> {
        let (recent, ahead, rests) = (Recent::begin(call.now(), LATE), VecDeque::new(), Rests::default());
        let mut following = Self { call, wakes, recent, begun: false, ahead, rests };
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
        match after {
            // What was there already is not told: only what comes late of the last moments is.
            None => {
                let (db, scope) = (self.call.read().await?, self.call.scope());
                self.recent = Recent::begin(now, LATE);
                for row in store::since(&*db, &scope, self.recent.horizon(), &[], 10 * AHEAD).await? {
                    self.recent.knows(row.created_at, row.id.0);
                }
            }
            Some(after) => {
                let position: Position = page::position(after, ORDER)?;
                must_be_kept(position.0, now, "the inbox")?;
                self.recent = Recent::resume(position, LATE);
            }
        }
        Ok(())
    }

    fn cursor(&self) -> Result<String> {
        page::mark(ORDER, &self.recent.position())
    }

    /// The next that is to be told; nothing follows an error. A database that cannot be asked just now is none.
    async fn next(mut self) -> Option<(async_graphql::Result<NotificationReceived>, Option<Self>)> {
        match self.tell().await {
            Ok(told) => Some((Ok(told), Some(self))),
            Err(error) => Some((Err(error.into()), None)),
        }
    }

    /// Reads on; whether there is nothing more yet.
    async fn look(&mut self) -> Result<bool> {
        self.call.stand_anew().await?;
        let (db, scope) = (self.call.read().await?, self.call.scope());
        self.ahead = store::since(&*db, &scope, self.recent.horizon(), &self.recent.told(), AHEAD).await?.into();
        if self.ahead.is_empty() {
            drop(db);
            // Whoever waits gives the snapshot back.
            self.call.look_again().await;
        }
        Ok(self.ahead.is_empty())
    }

    async fn tell(&mut self) -> Result<NotificationReceived> {
        if !self.begun {
            self.begun = true;
            return Ok(NotificationReceived { cursor: self.cursor()?, row: None });
        }
        // In a box that lasts as long as it takes: who waits for hours keeps no room for reading.
        loop {
            let looked = Box::pin(self.look()).await;
            match self.call.heed(&mut self.rests, looked).await? {
                Some(true) => {
                    let _ = tokio::time::timeout(LOOK_AGAIN, self.wakes.next()).await;
                }
                Some(false) => break,
                None => {}
            }
        }
        let row = self.ahead.pop_front().ok_or_else(|| Error::fault("a list that is not empty has a first"))?;
        self.recent.tells(row.created_at, row.id.0);
        Ok(NotificationReceived { cursor: self.cursor()?, row: Some(row) })
    }
}
